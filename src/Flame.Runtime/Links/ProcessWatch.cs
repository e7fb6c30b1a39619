namespace Flame.Links;

/// <summary>Something that is looked after on <see cref="ProcessWatch"/>'s thread.</summary>
internal interface IWatched
{
    /// <summary>Called again and again by one thread. Must neither block nor run a user's code.</summary>
    void Look();
}

/// <summary>
/// The one thread of this process that goes on when the thread pool does not, because methods or the application block
/// all of its threads: it beats the hearts of the links and sees that the pool gets on. It sleeps while nothing is watched
/// and nobody keeps it awake.
/// </summary>
/// <param name="always">Looked after as long as it is awake.</param>
internal sealed class ProcessWatch(IWatched always)
{
    /// <summary>Milliseconds between two looks. A constant, for what is watched always begins before this class.</summary>
    public const int Interval = 100;

    private readonly object _gate = new();
    private IWatched[] _watched = [];
    private Thread? _thread;
    private int _awake;

    public static ProcessWatch OfThisProcess { get; } = new(ThreadPoolRelief.OfThisProcess);

    public void Add(IWatched watched)
    {
        lock (_gate)
        {
            _watched = [.. _watched, watched];
            Wake();
        }
    }

    /// <summary>One look may still be under way.</summary>
    public void Remove(IWatched watched)
    {
        lock (_gate) _watched = Array.FindAll(_watched, each => each != watched);
    }

    /// <summary>From now on until <see cref="LetSleep"/> the pool is looked after, though there may be no link yet: one is made by the pool's threads.</summary>
    public void KeepAwake()
    {
        lock (_gate)
        {
            _awake++;
            Wake();
        }
    }

    public void LetSleep()
    {
        lock (_gate) _awake--;
    }

    private void Wake()
    {
        if (_thread is null)
        {
            // Without the flow of whoever happens to be the first.
            _thread = new Thread(Run) { IsBackground = true, Name = "Flame watch" };
            _thread.UnsafeStart();
        }
        else if (_watched.Length + _awake == 1)
        {
            Monitor.Pulse(_gate);
        }
    }

    private void Run()
    {
        while (true)
        {
            IWatched[] watched;
            lock (_gate)
            {
                while (_watched.Length + _awake == 0) Monitor.Wait(_gate);
                Monitor.Wait(_gate, Interval);
                watched = _watched;
            }

            always.Look();
            foreach (var each in watched) each.Look();
        }
    }
}
