using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Flame.Telemetry;

/// <summary>What is seen of one call from the side of its executor: the span under which the spans of the user's method hang.</summary>
internal sealed class ExecutionTelemetry
{
    private readonly string _method;
    private readonly TimeProvider _time;
    private readonly long _began;
    private readonly Activity? _activity;
    private int _ended;

    private ExecutionTelemetry(string method, string? executor, TraceContext? trace, TimeProvider time)
    {
        (_method, _time, _began) = (method, time, time.GetTimestamp());
        var caller = trace?.Caller() ?? default;
        List<KeyValuePair<string, object?>> tags = [Tags.Rpc, Tags.Method(method)];
        if (executor is not null) tags.Add(Tags.Executor(executor));

        // Never under what was current by chance on this thread.
        Activity.Current = null;
        _activity = FlameSource.Enter("execution", ActivityKind.Server, caller, tags, time.GetUtcNow()) ?? Unseen(caller);
        if (_activity is null || trace is null) return;
        foreach (var (key, value) in trace.Baggage()) _activity.AddBaggage(key, value);
    }

    /// <summary>In the flow that then runs the method.</summary>
    /// <returns><see langword="null"/>: nobody listens.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ExecutionTelemetry? Begin(string method, string? executor, TraceContext? trace, TimeProvider time)
    {
        if (trace is not null) Listening.Begin();
        return trace is not null || FlameSource.IsListenedTo || FlameMeter.ExecutionDuration.Enabled ? new ExecutionTelemetry(method, executor, trace, time) : null;
    }

    /// <summary>The method has ended; of a stream, all of it is on its way. Before the terminal frame, behind which an executor may be drained.</summary>
    public void End(Exception? failure)
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0) return;
        var error = CallOutcome.Of(failure).Error;
        var tags = new TagList { Tags.Rpc, Tags.Method(_method) };
        if (error is not null) tags.Add("error.type", error);
        FlameMeter.ExecutionDuration.Record(_time.GetElapsedTime(_began).TotalSeconds, tags);
        if (_activity is null) return;
        if (failure is not null)
        {
            FlameSource.Failed(_activity, error!, failure.Message);
            _activity.AddException(failure, timestamp: _time.GetUtcNow());
        }

        FlameSource.End(_activity, _time.GetUtcNow());
    }

    // Where the caller traces and nobody listens here, what the method calls over HTTP still belongs to the trace.
    private static Activity? Unseen(ActivityContext caller)
    {
        if (caller == default) return null;
        var activity = new Activity("execution").SetParentId(caller.TraceId, caller.SpanId, caller.TraceFlags);
        activity.TraceStateString = caller.TraceState;
        return activity.Start();
    }
}
