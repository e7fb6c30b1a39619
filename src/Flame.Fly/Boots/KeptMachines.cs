using System.Collections.Concurrent;
using Flame.Backends;
using Flame.Fly.Machines;

namespace Flame.Fly.Boots;

/// <summary>
/// Machines that stay, stopped, between two executors of the same build. A boot takes one under a lease, gives it a new
/// environment, and starts it; an end leaves one, as long as there are not too many. Thread-safe.
/// </summary>
internal sealed class KeptMachines(FlyRun run) : IDisposable
{
    // One that is refused is mostly just taken by another parent; after a few, a new machine is the faster way.
    private const int Tries = 3;

    private static readonly TimeSpan s_lease = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_wait = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, byte> _taken = new();
    private readonly ConcurrentDictionary<string, byte> _stayed = new();
    private readonly SemaphoreSlim _counting = new(1);

    /// <summary>Starts one that fits, if there is any.</summary>
    public async Task<Machine?> TryStartAsync(MachinePlan plan, BootRequest request, CancellationToken ct)
    {
        try
        {
            var tries = 0;
            foreach (var machine in (await KeptAsync(ct).ConfigureAwait(false)).Where(machine => Fits(machine, plan)))
            {
                if (!_taken.TryAdd(machine.Id, 0)) continue;
                if (await TryStartAsync(machine, plan, request, ct).ConfigureAwait(false) is { } started) return started;
                if (++tries == Tries) break;
            }
        }
        catch (MachinesException e)
        {
            request.Report(e.Message);
        }

        return null;
    }

    /// <summary>Decides whether a machine that has stopped stays.</summary>
    public async Task<bool> StaysAsync(Machine machine, CancellationToken ct)
    {
        // Executors end together, and each must see those that stayed before it.
        await _counting.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            var others = (await KeptAsync(ct).ConfigureAwait(false)).Where(other => other.Id != machine.Id).Select(other => other.Id).Union(_stayed.Keys.Where(id => id != machine.Id));
            if (others.Count() >= run.Options.KeepStopped) return false;
            _stayed[machine.Id] = 0;
            _taken.TryRemove(machine.Id, out _);
            return true;
        }
        finally
        {
            _counting.Release();
        }
    }

    public void Dispose() => _counting.Dispose();

    private async Task<IEnumerable<Machine>> KeptAsync(CancellationToken ct)
    {
        var marks = new[]
        {
            KeyValuePair.Create(FlyMarks.Keep, FlyMarks.Yes), KeyValuePair.Create(FlyMarks.Pool, run.Pool), KeyValuePair.Create(FlyMarks.Build, FlyRun.Build), KeyValuePair.Create(FlyMarks.Image, run.Image),
        };
        return (await run.Client.ListAsync(marks, ct).ConfigureAwait(false)).Where(machine => MachineState.Rests(machine.State));
    }

    private bool Fits(Machine machine, MachinePlan plan) =>
        machine.HostStatus is null or "ok" && machine.Config?.Guest == plan.Guest && (run.Regions is [null] || run.Regions.Contains(machine.Region));

    private async Task<Machine?> TryStartAsync(Machine machine, MachinePlan plan, BootRequest request, CancellationToken ct)
    {
        string? nonce = null;
        var changed = false;
        try
        {
            nonce = await run.Client.LeaseAsync(machine.Id, s_lease, ct).ConfigureAwait(false);
            changed = true;
            var updated = await run.Client.UpdateAsync(machine.Id, plan.Update(machine), nonce, request.Report, ct).ConfigureAwait(false);
            await run.Client.StartAsync(machine.Id, nonce, request.Report, ct).ConfigureAwait(false);
            await run.Client.WaitAsync(machine.Id, "started", updated.InstanceId, s_wait, ct).ConfigureAwait(false);
            _stayed.TryRemove(machine.Id, out _);
            FlyLog.StartedAgain(run.Log, request.Executor, machine.Id);
            return updated;
        }
        catch (Exception e) when (e is MachinesException or OperationCanceledException)
        {
            FlyLog.NotStartedAgain(run.Log, machine.Id, e.Message);
            _taken.TryRemove(machine.Id, out _);
            _stayed.TryRemove(machine.Id, out _);

            // It may hold this executor's token, and may be starting.
            if (changed && !IsSomebodyElses(e)) run.Removals.Start(machine.Id);
            if (e is OperationCanceledException) throw;
            return null;
        }
        finally
        {
            if (nonce is not null) run.Removals.Track($"lease of {machine.Id}", end => ReleaseAsync(machine.Id, nonce, end));
        }
    }

    // Whoever changed or leased it meanwhile has use for it.
    private static bool IsSomebodyElses(Exception e) => e is MachinesException { Failure: MachinesFailure.Conflict or MachinesFailure.Leased or MachinesFailure.NotFound };

    private async Task ReleaseAsync(string id, string nonce, CancellationToken ct)
    {
        try
        {
            await run.Client.ReleaseAsync(id, nonce, ct).ConfigureAwait(false);
        }
        catch (MachinesException)
        {
            // It ends by itself.
        }
    }
}
