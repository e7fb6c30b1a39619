using System.Collections.Concurrent;

namespace Flame.EndToEnd.Tests.Calls;

/// <summary>What tests leave and find in an executor: gates to wait at, and notes.</summary>
internal static class Work
{
    private static readonly ConcurrentDictionary<string, TaskCompletionSource> Gates = new();
    private static readonly ConcurrentDictionary<string, string> Notes = new();

    public static Task Gate(string gate) => GateOf(gate).Task;

    public static void Open(string gate) => GateOf(gate).TrySetResult();

    public static void Note(string key, string value) => Notes[key] = value;

    [Flame(Pool = "main")]
    public static Task PassAsync(string gate) => Gate(gate);

    [Flame(Pool = "main")]
    public static Task OpenAsync(string gate)
    {
        Open(gate);
        return Task.CompletedTask;
    }

    [Flame(Pool = "main")]
    public static Task NoteAsync(string key, string value)
    {
        Note(key, value);
        return Task.CompletedTask;
    }

    [Flame(Pool = "main")]
    public static async ValueTask NoteSoonAsync(string key, string value)
    {
        await Task.Yield();
        Note(key, value);
    }

    [Flame(Pool = "main")]
    public static ValueTask<string?> NotedAsync(string key) => new(Notes.GetValueOrDefault(key));

    /// <summary>Opens <c>key/started</c>, waits for its token, notes that it came, and stays until <c>key/release</c> is open.</summary>
    [Flame(Pool = "main")]
    public static async Task WatchAsync(string key, CancellationToken ct)
    {
        Open(key + "/started");
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, ct);
        }
        finally
        {
            Note(key, "cancelled");
            await Gate(key + "/release");
        }
    }

    /// <summary>Notes whether its token has fired once <c>key/release</c> is open, and opens <c>key/ended</c>.</summary>
    [Flame(Pool = "main")]
    public static async Task ObserveAsync(string key, CancellationToken ct)
    {
        await Gate(key + "/release");
        Note(key, $"{ct.IsCancellationRequested}");
        Open(key + "/ended");
    }

    [Flame(Pool = "main")]
    public static Task HoldAsync(CancellationToken ct) => Task.Delay(Timeout.InfiniteTimeSpan, ct);

    [Flame(Pool = "main", Timeout = "00:00:00.25")]
    public static async Task HurryAsync(string key, CancellationToken ct)
    {
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, ct);
        }
        finally
        {
            Note(key, "cancelled");
        }
    }

    /// <summary>Ignores every wish to stop, on a thread of its own or as an endless await.</summary>
    [Flame(Pool = "main")]
    public static async Task IgnoreAsync(string key, bool onThread, CancellationToken ct)
    {
        _ = ct;
        Open(key + "/started");
        if (onThread) new ManualResetEventSlim().Wait(CancellationToken.None);
        await new TaskCompletionSource().Task;
    }

    /// <summary>Whether a marked method that is called here runs here.</summary>
    [Flame(Pool = "main")]
    public static async Task<(int Here, int Nested, int Local)> NestedAsync() =>
        (Environment.ProcessId, await Sums.ProcessAsync(), await Sums.Local.ProcessAsync());

    [Flame(Pool = "main")]
    public static async Task<int> RemoteFromInsideAsync() => await Sums.Remote.ProcessAsync();

    private static TaskCompletionSource GateOf(string gate) =>
        Gates.GetOrAdd(gate, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
}
