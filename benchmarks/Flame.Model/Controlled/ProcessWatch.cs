using Flame.Model;

namespace Flame.Links;

/// <summary>Something that is looked after again and again.</summary>
internal interface IWatched
{
    void Look();
}

/// <summary>Stands where the product has a thread of its own: it looks when the clock says so, once for two looks of a heartbeat.</summary>
internal sealed class ProcessWatch
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2.5);

    public static ProcessWatch OfThisProcess { get; } = new();

    public void KeepAwake()
    {
    }

    public void LetSleep()
    {
    }

    public void Add(IWatched watched)
    {
        if (World.Current is not { } world) return;
        var timers = world.Belonging<Dictionary<IWatched, ITimer>>(this);
        timers[watched] = world.Clock.CreateTimer(
            _ =>
            {
                watched.Look();
                if (timers.TryGetValue(watched, out var timer)) timer.Change(Interval, Timeout.InfiniteTimeSpan);
            },
            null,
            Interval,
            Timeout.InfiniteTimeSpan);
    }

    public void Remove(IWatched watched)
    {
        if (World.Current?.Belonging<Dictionary<IWatched, ITimer>>(this).Remove(watched, out var timer) == true) timer.Dispose();
    }
}

/// <summary>Stands where the product looks after the thread pool, which a run has none of.</summary>
internal sealed class ThreadPoolRelief
{
    public static ThreadPoolRelief OfThisProcess { get; } = new();

    public event Action<long, int>? Blocked;

    public void Say() => Blocked?.Invoke(0, 0);
}
