using System.Collections.Concurrent;
using System.Diagnostics;

namespace Flame.Executor.Tests.Telemetry;

/// <summary>Listens as an exporter does, and keeps what belongs to the trace of one test.</summary>
internal sealed class Spans : IDisposable
{
    private static readonly ActivitySource s_own = new("Flame.Executor.Tests");

    private readonly ConcurrentQueue<Activity> _ended = new();
    private readonly ActivityListener _listener;

    public Spans()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name is "Flame" or "Flame.Executor.Tests",
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span =>
            {
                if (span.TraceId == Root?.TraceId) _ended.Enqueue(span);
            },
        };
        ActivitySource.AddActivityListener(_listener);
        Root = s_own.StartActivity("test", ActivityKind.Internal, default(ActivityContext))!;
    }

    /// <summary>The span of the caller, current since this was made.</summary>
    public Activity Root { get; }

    public IEnumerable<Activity> Ended => _ended;

    /// <summary>What a user's method does that has spans of its own.</summary>
    public static string? InSpan(string name)
    {
        using var own = s_own.StartActivity(name);
        return own?.Id;
    }

    /// <summary>The one span of this name, as soon as it has ended.</summary>
    public async Task<Activity> OneAsync(string name) => (await ManyAsync(name, 1)).Single();

    public async Task<Activity[]> ManyAsync(string name, int count)
    {
        while (true)
        {
            if (_ended.Where(span => span.DisplayName == name).ToArray() is var found && found.Length >= count) return found;
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    public void Dispose()
    {
        Root.Dispose();
        _listener.Dispose();
    }
}
