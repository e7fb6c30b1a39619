namespace Flame.Links;

/// <summary>Something that is looked after on <see cref="ProcessWatch"/>'s thread.</summary>
internal interface IWatched
{
    /// <summary>Called again and again by one thread. Must neither block nor run a user's code.</summary>
    void Look();
}

/// <summary>
/// The one thread of this process that goes on when the thread pool does not, because methods or the application block
/// all of its threads: it beats the hearts of the links and sees that the pool gets on. It sleeps while nothing is watched.
/// </summary>
/// <param name="always">Looked after as long as anything is.</param>
internal sealed class ProcessWatch(IWatched? always = null)
{
    /// <summary>Between two looks.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly object _gate = new();
    private IWatched[] _watched = [];
    private Thread? _thread;

    public static ProcessWatch OfThisProcess { get; } = new(ThreadPoolRelief.OfThisProcess);

    public void Add(IWatched watched)
    {
        lock (_gate)
        {
            _watched = [.. _watched, watched];
            if (_watched.Length == 1) Monitor.Pulse(_gate);
            if (_thread is not null) return;
            _thread = new Thread(Run) { IsBackground = true, Name = "Flame watch" };

            // Whoever adds first must not be followed by its own flow for ever.
            _thread.UnsafeStart();
        }
    }

    /// <summary>One look may still be under way.</summary>
    public void Remove(IWatched watched)
    {
        lock (_gate) _watched = Array.FindAll(_watched, each => each != watched);
    }

    private void Run()
    {
        while (true)
        {
            IWatched[] watched;
            lock (_gate)
            {
                while (_watched.Length == 0) Monitor.Wait(_gate);
                Monitor.Wait(_gate, Interval);
                watched = _watched;
            }

            always?.Look();
            foreach (var each in watched) each.Look();
        }
    }
}
