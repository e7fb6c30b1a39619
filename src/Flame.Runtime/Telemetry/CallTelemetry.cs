using System.Diagnostics;
using System.Runtime.CompilerServices;
using Flame.Links;
using Flame.Observation;

namespace Flame.Telemetry;

/// <summary>
/// What is seen of one call from the side of its caller: a span, and what the meter counts. It exists only where somebody listens. Thread-safe:
/// the end of a caller's await and the grant of its slot may come at the same time.
/// </summary>
internal sealed class CallTelemetry
{
    private readonly Lock _gate = new();
    private readonly string _method;
    private readonly string? _tag;
    private readonly TimeProvider _time;
    private readonly Activity? _activity;
    private readonly long _began;
    private readonly bool _asksForSlot;
    private readonly FlamePool _pool;
    private readonly WatchedCall? _watched;
    private DateTimeOffset _askedAt;
    private long _asked;
    private long _leased;
    private bool _granted;
    private bool _ended;

    private CallTelemetry(string method, FlamePool pool, string? tag, bool asksForSlot, object? links, PendingCall? call)
    {
        (_method, _pool, _tag, _time, _asksForSlot) = (method, pool, tag, pool.Time, asksForSlot);
        _askedAt = _time.GetUtcNow();
        _began = _asked = _time.GetTimestamp();
        if (FlameSource.IsListenedTo) _activity = Start(links);
        if (FlameSource.IsListenedTo) Context = TraceContext.Write(_activity ?? Activity.Current);
        _watched = pool.Observer?.Watched.Begin(pool, method, tag, (_activity ?? Activity.Current)?.TraceId.ToHexString(), call);
    }

    // One that was under way when somebody began to look.
    private CallTelemetry(PendingCall call, Observer observer)
    {
        (_method, _pool, _tag, _time) = (call.Method.Name, call.Pool, call.Options?.Tag, call.Pool.Time);
        _began = _asked = _time.GetTimestamp();
        _granted = call.RunsOn is not null;
        if (_granted) _leased = _began;
        _watched = observer.Watched.Begin(call.Pool, _method, _tag, null, call, call.RunsOn, isWhole: false);
    }

    /// <summary>What goes to the executor with the call; <see langword="null"/>: nothing.</summary>
    public byte[]? Context { get; }

    /// <summary>What a boot that it waits for is a part of: an activity, for whoever must not load that type.</summary>
    public object? Span => _activity;

    /// <param name="method">What is called.</param>
    /// <param name="pool">Where.</param>
    /// <param name="tag">The caller's word for it.</param>
    /// <param name="asksForSlot">Whether it waits for a slot; a call of a placed object has that of its object.</param>
    /// <param name="links">The spans of those that it is made for, where they are several.</param>
    /// <param name="call">The call, where it can be cancelled from outside.</param>
    /// <returns><see langword="null"/>: nobody listens.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static CallTelemetry? Begin(string method, FlamePool pool, string? tag, bool asksForSlot = true, object? links = null, PendingCall? call = null) =>
        FlameSource.IsListenedTo || FlameMeter.CallsAreMeasured || pool.Observer is not null ? new CallTelemetry(method, pool, tag, asksForSlot, links, call) : null;

    /// <summary>A call that nobody saw begin is looked at from now on.</summary>
    public static CallTelemetry BeginLate(PendingCall call, Observer observer) => new(call, observer);

    /// <summary>An item of its stream came, or a report of its progress.</summary>
    public void Item<T>(T item) => _watched?.Item(item);

    /// <summary>It has a slot.</summary>
    public void Granted(string executor, bool waited, BootSpan? boot, ExecutorLife life)
    {
        lock (_gate)
        {
            if (_ended) return;
            _granted = true;
            _leased = _time.GetTimestamp();
            FlameMeter.QueueWait.Record(_time.GetElapsedTime(_asked, _leased).TotalSeconds, PoolTag);
            _activity?.SetTag("flame.executor", executor);
            if (waited) Waited(boot, null);
            _watched?.Granted(executor, waited ? life : null);
        }
    }

    /// <summary>Its slot is free again.</summary>
    public void LeaseEnded()
    {
        lock (_gate)
        {
            if (_leased == 0) return;
            var tags = new TagList { PoolTag, MethodTag };
            if (_tag is not null) tags.Add("flame.tag", _tag);
            var held = _time.GetElapsedTime(_leased);
            FlameMeter.LeaseTime.Add(held.TotalSeconds, tags);
            _watched?.LeaseEnded(held);
            _leased = 0;
        }
    }

    /// <summary>It asks for another slot.</summary>
    public void Again(string why)
    {
        lock (_gate)
        {
            if (_ended) return;
            _granted = false;
            _asked = _time.GetTimestamp();
            _askedAt = _time.GetUtcNow();
            _watched?.Again(why);
            FlameMeter.Retries.Add(1, PoolTag, MethodTag, new("flame.retry.reason", why));
            _activity?.AddEvent(new ActivityEvent("flame.call.again", _askedAt, new ActivityTagsCollection { ["flame.retry.reason"] = why }));
        }
    }

    public void Sent(long bytes) => FlameMeter.PayloadIo.Add(bytes, PoolTag, MethodTag, new("network.io.direction", "transmit"));

    public void Received(long bytes) => FlameMeter.PayloadIo.Add(bytes, PoolTag, MethodTag, new("network.io.direction", "receive"));

    /// <summary>The caller waits no more. Before it goes on, so that whoever collects has seen it then.</summary>
    public void End(Exception? failure)
    {
        lock (_gate)
        {
            if (_ended) return;
            _ended = true;
            if (_asksForSlot && !_granted) Waited(null, failure);
            var (outcome, error) = CallOutcome.Of(failure);
            var tags = new TagList { Tags.Rpc, MethodTag, PoolTag, new("flame.call.outcome", outcome) };
            if (error is not null) tags.Add("error.type", error);
            _watched?.End(outcome, failure);
            FlameMeter.CallDuration.Record(_time.GetElapsedTime(_began).TotalSeconds, tags);
            if (_activity is null) return;
            _activity.SetTag("flame.call.outcome", outcome);
            if (error is not null) FlameSource.Failed(_activity, error, failure!.Message);
            FlameSource.End(_activity, _time.GetUtcNow());
        }
    }

    private Activity? Start(object? links)
    {
        var callers = links as IReadOnlyList<ActivityContext>;
        return FlameSource.Start(_method, ActivityKind.Client, callers is [var first, ..] ? first : default, Known(), _askedAt, callers?.Select(static caller => new ActivityLink(caller)));
    }

    private KeyValuePair<string, object?> MethodTag => Tags.Method(_method);

    private KeyValuePair<string, object?> PoolTag => Tags.Pool(_pool);

    private void Waited(BootSpan? boot, Exception? failure)
    {
        if (_activity is null) return;
        var links = boot is null ? null : new[] { new ActivityLink(boot.Context) };
        if (FlameSource.Start("flame.queue", ActivityKind.Internal, _activity.Context, [PoolTag], _askedAt, links) is not { } queue) return;
        if (failure is not null) FlameSource.Failed(queue, CallOutcome.Of(failure).Error!, failure.Message);
        FlameSource.End(queue, _time.GetUtcNow());
    }

    private List<KeyValuePair<string, object?>> Known()
    {
        List<KeyValuePair<string, object?>> tags = [Tags.Rpc, MethodTag, PoolTag];
        if (_tag is not null) tags.Add(new("flame.tag", _tag));
        return tags;
    }
}
