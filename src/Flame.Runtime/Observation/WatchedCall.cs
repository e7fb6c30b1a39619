using Flame.CompilerServices;
using Flame.Links;

namespace Flame.Observation;

/// <summary>One call that is watched: what happened to it and when, and the numbers that it reports. Thread-safe.</summary>
internal sealed class WatchedCall
{
    private const int MostArguments = 64 * 1024;

    private readonly Lock _gate = new();
    private readonly WatchedCalls _calls;
    private readonly TimeProvider _time;
    private readonly long _began;
    private readonly DateTimeOffset _beganAt;
    private readonly bool _isWhole;
    private readonly List<PhaseView> _phases = [];
    private readonly string? _trace;
    private PendingCall? _call;
    private PhaseView[] _boot = [];
    private double _phaseAt;
    private TimeSpan _took;
    private long _granted;
    private long _items;
    private Curve? _curve;
    private string _state;
    private string? _error;
    private ArgumentView[]? _arguments;

    public WatchedCall(WatchedCalls calls, long number, FlamePool pool, string method, string? tag, string? trace, PendingCall? call, string? runsOn, bool isWhole)
    {
        (_calls, Number, Pool, Method, Tag, _trace, _call, Executor, _isWhole) = (calls, number, pool.Name, method, tag, trace, call, runsOn, isWhole);
        _time = pool.Time;
        _began = _granted = _time.GetTimestamp();
        _beganAt = _time.GetUtcNow();
        _state = runsOn is null ? "queued" : "running";
    }

    public long Number { get; }

    public string Pool { get; }

    public string Method { get; }

    public string? Tag { get; }

    public string? Executor { get; private set; }

    public string State
    {
        get
        {
            lock (_gate) return _state;
        }
    }

    private bool IsOpen => _state is "queued" or "running";

    public void Granted(string executor, ExecutorLife? life)
    {
        lock (_gate)
        {
            if (!IsOpen) return;
            EndPhase("queue", null);
            (_state, Executor, _granted) = ("running", executor, _time.GetTimestamp());

            // Only one that was not up yet when the call came has been waited for.
            if (life?.BootIfLaterThan(_began) is { } boot) _boot = boot;
        }
    }

    public void Again(string why)
    {
        lock (_gate)
        {
            if (!IsOpen) return;
            EndPhase("run", $"{Executor}: {why}");
            _state = "queued";
        }
    }

    /// <summary>Its slot is free again.</summary>
    public void LeaseEnded(TimeSpan held) => _calls.Spent(this, held);

    public void Item<T>(T item)
    {
        Interlocked.Increment(ref _items);
        if (NumbersOf<T>.MayBe && Numbers.TryRead(item, out var x, out var y)) (_curve ??= _calls.Draw()).Add(x, y);
    }

    public void End(string outcome, Exception? failure)
    {
        lock (_gate)
        {
            if (!IsOpen) return;
            EndPhase(_state == "queued" ? "queue" : "run", null);
            _took = Elapsed;
            if (outcome is not ("succeeded" or "cancelled")) _arguments = _call is null ? null : ReadArguments(_call);
            _call = null;
            _state = outcome is "succeeded" or "cancelled" ? outcome : "failed";
            if (_state == "failed") _error = $"{failure!.GetType().Name}: {failure.Message}";
        }

        _calls.Ended(this);
    }

    /// <summary>Ends its caller's await as a token would; <see langword="false"/>: it has ended, or is a call of an object, which only its caller can cancel.</summary>
    public bool Cancel()
    {
        PendingCall call;
        lock (_gate)
        {
            // As long as its end was not said, its object serves no other call; held, it stays so.
            if (!IsOpen || _call is null) return false;
            call = _call;
            call.Hold();
        }

        call.Abort(FlameErrors.CancelledFromOutside(Method, Pool));
        return true;
    }

    /// <summary>While it is open, and of one that failed; <see langword="null"/>: they are gone, or cannot be read.</summary>
    public ArgumentView[]? Arguments()
    {
        lock (_gate) return IsOpen && _call is not null ? ReadArguments(_call) : _arguments;
    }

    public CallView View()
    {
        lock (_gate)
        {
            var now = IsOpen ? Elapsed : _took;
            PhaseView[] phases = IsOpen
                ? [.. _phases, new PhaseView(_state == "queued" ? "queue" : "run", _phaseAt, now.TotalSeconds - _phaseAt, Executor)]
                : [.. _phases];
            return new CallView(
                Text(Number), Pool, Method, Tag, _state, Executor, _beganAt, _isWhole, now.TotalSeconds, phases, _boot,
                Interlocked.Read(ref _items), _curve is not null, _error, _trace);
        }
    }

    /// <summary>When it ran where it ran last: lines of its executor in that time are mostly its own.</summary>
    public (DateTimeOffset From, DateTimeOffset? Until) Ran()
    {
        lock (_gate) return (_beganAt + _time.GetElapsedTime(_began, _granted), IsOpen ? null : _beganAt + _took);
    }

    public CurveView? Curve(long after, long until) => _curve?.Between(Text(Number), after, until);

    public static string Text(long number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private TimeSpan Elapsed => _time.GetElapsedTime(_began);

    // Its object is this call's own until its end is said, which waits for the gate.
    private static ArgumentView[]? ReadArguments(PendingCall call)
    {
        if (call.Method.Show is null) return [];
        if (call.Payload.Blobs.Count > 0 || call.Payload.Length > MostArguments) return null;
        try
        {
            return ShownArguments.Of(call.Method, call.Payload.Memory);
        }
        catch (PayloadException)
        {
            return null;
        }
    }

    private void EndPhase(string name, string? note)
    {
        var now = Elapsed.TotalSeconds;
        if (name == "run" || now > _phaseAt) _phases.Add(new PhaseView(name, _phaseAt, now - _phaseAt, note ?? (name == "run" ? Executor : null)));
        _phaseAt = now;
    }
}
