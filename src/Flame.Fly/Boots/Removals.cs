using System.Text.Json;
using Flame.Fly.Machines;

namespace Flame.Fly.Boots;

/// <summary>
/// Removes what nobody waits for any more: machines of boots that were given up, and those of dead parents. A run ends
/// when they are done, or have had their time. Thread-safe.
/// </summary>
internal sealed class Removals(FlyRun run) : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    // The list is not always the newest, and one look that finds nothing proves nothing.
    private static readonly TimeSpan[] s_looks = [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(8)];

    private readonly Lock _lock = new();
    private readonly HashSet<Task> _running = [];
    private readonly CancellationTokenSource _end = new();

    /// <summary>Removes what a boot may have made.</summary>
    /// <param name="attempt">The boot's mark.</param>
    /// <param name="name">The name that it asked for.</param>
    /// <param name="late">The create that was sent and not answered yet.</param>
    public void Start(string attempt, string name, Task<byte[]>? late) => Track(name, ct => RemoveAttemptAsync(attempt, late, ct));

    /// <summary>Removes a machine that is known.</summary>
    public void Start(string machine) => Track(machine, ct => run.Client.DestroyAsync(machine, ct));

    /// <summary>Does something of this kind.</summary>
    public void Track(string what, Func<CancellationToken, Task> work)
    {
        var task = Task.Run(() => GuardedAsync(what, work));
        lock (_lock) _running.Add(task);
        _ = task.ContinueWith(
            done =>
            {
                lock (_lock) _running.Remove(done);
            },
            TaskScheduler.Default);
    }

    /// <summary>Waits for what runs.</summary>
    public async ValueTask DisposeAsync()
    {
        Task[] running;
        lock (_lock) running = [.. _running];
        await Task.WhenAll(running).WaitAsync(s_patience, run.Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _end.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(running).ConfigureAwait(false);
        _end.Dispose();
    }

    private async Task GuardedAsync(string what, Func<CancellationToken, Task> work)
    {
        try
        {
            await work(_end.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is MachinesException or OperationCanceledException)
        {
            FlyLog.LeftBehind(run.Log, what, e is MachinesException ? e.Message : "the parent ended before it was removed");
        }
    }

    private async Task RemoveAttemptAsync(string attempt, Task<byte[]>? late, CancellationToken ct)
    {
        if (late is not null && await AnswerAsync(late).ConfigureAwait(false) is { } made)
        {
            await run.Client.DestroyAsync(made, ct).ConfigureAwait(false);
            return;
        }

        foreach (var pause in s_looks)
        {
            await Task.Delay(pause, run.Time, ct).ConfigureAwait(false);
            var found = await run.Client.ListAsync([KeyValuePair.Create(FlyMarks.Attempt, attempt)], ct).ConfigureAwait(false);
            foreach (var machine in found) await run.Client.DestroyAsync(machine.Id, ct).ConfigureAwait(false);
            if (found.Count > 0) return;
        }
    }

    private static async Task<string?> AnswerAsync(Task<byte[]> late)
    {
        try
        {
            return JsonSerializer.Deserialize(await late.ConfigureAwait(false), MachinesJson.Default.Machine)?.Id is { Length: > 0 } id ? id : null;
        }
        catch (Exception e) when (e is MachinesException or JsonException)
        {
            return null;
        }
    }
}
