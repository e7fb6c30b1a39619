using Flame.Fly.Machines;

namespace Flame.Fly.Boots;

/// <summary>
/// Removes the machines that a dead parent left. Executors notice by themselves that their parent is gone, so what is
/// found here is what never came so far, or was kept for a build that is no more. A machine whose parent may live is
/// left alone.
/// </summary>
internal sealed class Sweep(FlyRun[] runs)
{
    private readonly Dictionary<string, bool> _isDead = new(StringComparer.Ordinal);
    private readonly FlyRun _run = runs[0];

    public async Task RunAsync(IReadOnlyList<Machine> found, CancellationToken ct)
    {
        var kept = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        foreach (var machine in found.Where(m => !MachineState.IsGone(m.State)).OrderByDescending(m => m.UpdatedAt, StringComparer.Ordinal))
        {
            if (machine.Metadata(FlyMarks.Run) == _run.Id || !await IsDeadAsync(machine, ct).ConfigureAwait(false)) continue;
            if (Reason(machine, kept) is not { } reason) continue;
            FlyLog.Swept(_run.Log, machine.Id, reason);
            await DestroyAsync(machine.Id, ct).ConfigureAwait(false);
        }
    }

    /// <summary>Why a machine of a dead parent goes; <see langword="null"/>: it stays.</summary>
    private string? Reason(Machine machine, Dictionary<string, int> kept)
    {
        if (!MachineState.Rests(machine.State) || machine.Metadata(FlyMarks.Keep) != FlyMarks.Yes) return "its parent is gone";
        var run = Array.Find(runs, r => r.Pool.Equals(machine.Metadata(FlyMarks.Pool), StringComparison.OrdinalIgnoreCase));

        // Another program of this application may have pools that this one does not know.
        if (run is null) return null;
        if (machine.Metadata(FlyMarks.Build) != FlyRun.Build || machine.Metadata(FlyMarks.Image) != run.Image) return "it was kept for another build";
        kept[run.Pool] = kept.GetValueOrDefault(run.Pool) + 1;
        return kept[run.Pool] > run.Options.KeepStopped ? $"more than {run.Options.KeepStopped} are kept (KeepStopped)" : null;
    }

    private async Task<bool> IsDeadAsync(Machine machine, CancellationToken ct)
    {
        if (machine.Metadata(FlyMarks.Parent) is not { } parent || machine.Metadata(FlyMarks.ParentProcess) is not { } process) return false;
        if (parent == _run.Parent.Host) return !ParentProcess.Lives(process);
        if (machine.Metadata(FlyMarks.ParentApp) != _run.Client.App) return false;
        if (!_isDead.TryGetValue(parent, out var isDead)) _isDead[parent] = isDead = await IsDeadAsync(parent, ct).ConfigureAwait(false);
        return isDead;
    }

    private async Task<bool> IsDeadAsync(string parent, CancellationToken ct)
    {
        try
        {
            var state = (await _run.Client.GetAsync(parent, ct).ConfigureAwait(false)).State;
            return MachineState.IsGone(state) || state is MachineState.Stopped or MachineState.Failed;
        }
        catch (MachinesException e) when (e.Failure == MachinesFailure.NotFound)
        {
            return true;
        }
        catch (MachinesException)
        {
            return false;
        }
    }

    private async Task DestroyAsync(string machine, CancellationToken ct)
    {
        try
        {
            await _run.Client.DestroyAsync(machine, ct).ConfigureAwait(false);
        }
        catch (MachinesException e)
        {
            FlyLog.LeftBehind(_run.Log, machine, e.Message);
        }
    }
}
