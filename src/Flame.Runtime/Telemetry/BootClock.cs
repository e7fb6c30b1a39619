using Flame.Wire;

namespace Flame.Telemetry;

/// <summary>
/// Takes the times of one boot as those who know say what has happened. Only durations come from the executor: its clock and the parent's
/// are never compared. Thread-safe.
/// </summary>
internal sealed class BootClock(TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly long _begun = time.GetTimestamp();
    private TimeSpan? _asked;
    private TimeSpan? _scheduled;
    private TimeSpan? _process;
    private TimeSpan? _admitted;
    private TimeSpan? _runtime;
    private TimeSpan? _connect;

    /// <summary>The backend is asked.</summary>
    public void Asked() => Take(ref _asked);

    /// <summary>A place for it was found.</summary>
    public void Scheduled() => Take(ref _scheduled);

    /// <summary>Its process begins now, on this host.</summary>
    public void ProcessBegins() => Take(ref _process);

    /// <summary>It came in.</summary>
    public void Admitted(ExecutorHello hello)
    {
        Take(ref _admitted);
        lock (_gate) (_runtime, _connect) = (hello.Runtime, hello.Connect);
    }

    /// <summary>What is known now that it is ready, or has failed.</summary>
    public BootParts Parts()
    {
        lock (_gate)
        {
            var schedule = _scheduled - _asked;
            if (_admitted is not { } admitted) return new BootParts(schedule, null, null, null, null);

            // What the executor says of itself cannot be more than there was.
            var dialled = admitted - _connect;
            var runtime = _process is not null ? dialled - _process : _runtime;
            return new BootParts(schedule, Possible(dialled - runtime - _scheduled), Possible(runtime), Possible(_connect), time.GetElapsedTime(_begun) - admitted);
        }
    }

    private TimeSpan? Possible(TimeSpan? took) => took >= TimeSpan.Zero && took <= time.GetElapsedTime(_begun) ? took : null;

    // The first time counts: a platform may say the same again.
    private void Take(ref TimeSpan? instant)
    {
        lock (_gate) instant ??= time.GetElapsedTime(_begun);
    }
}
