using Flame.Backends;
using Flame.Fly.Machines;

namespace Flame.Fly.Boots;

/// <summary>
/// Makes one machine, within the boot's budget. A create is not idempotent and its answer can be lost, so every try asks
/// for the same name, and what may have been made is looked up before the next one.
/// </summary>
internal sealed class MachineBoot(FlyRun run, BootRequest request)
{
    // A host that is full says nothing of the next try's; several say something of the region.
    private const int FullHosts = 3;

    private static readonly TimeSpan s_settle = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(10);

    private readonly MachinePlan _plan = new(run, request);
    private readonly VolumeChoice _volumes = new(run, request);
    private int _region;
    private int _fullHosts;
    private int _rounds;
    private bool _uncertain;
    private Task<byte[]>? _late;

    public async Task<Machine> RunAsync(CancellationToken ct)
    {
        if (run.Options.KeepStopped > 0 && await run.Kept.TryStartAsync(_plan, request, ct).ConfigureAwait(false) is { } again) return again;
        try
        {
            while (true)
            {
                if (await TryAsync(ct).ConfigureAwait(false) is not { } machine) continue;
                request.Clock?.Scheduled();
                FlyLog.Created(run.Log, request.Executor, machine.Id, machine.Region);
                request.Report($"machine {machine.Id} is {machine.State}");
                _uncertain = false;
                return machine;
            }
        }
        catch (MachinesException e)
        {
            throw new BackendException(Clean(e.Message), e.IsPermanent);
        }
        finally
        {
            _volumes.Release();
            if (_uncertain) run.Removals.Start(_plan.Attempt, _plan.Name, _late);
        }
    }

    private async Task<Machine?> TryAsync(CancellationToken ct)
    {
        var region = run.Regions[_region];
        try
        {
            _plan.Mount = await _volumes.TakeAsync(region, _plan.Guest, ct).ConfigureAwait(false);
            return await run.Client.CreateAsync(_plan.Create(region), request.Report, Abandoned, ct).ConfigureAwait(false);
        }
        catch (MachinesException e)
        {
            return await AfterAsync(e, region, ct).ConfigureAwait(false);
        }
    }

    /// <summary>What a failed create means: a machine that is there all the same, another try, or the end.</summary>
    private async Task<Machine?> AfterAsync(MachinesException e, string? region, CancellationToken ct)
    {
        request.Report(e.Message);
        switch (e.Failure)
        {
            case MachinesFailure.Unanswered:
                _uncertain = true;
                return await FindAsync(ct).ConfigureAwait(false);

            case MachinesFailure.NameTaken:
                return await HolderAsync(e.Holder, ct).ConfigureAwait(false);

            case MachinesFailure.HostFull or MachinesFailure.Conflict or MachinesFailure.Leased or MachinesFailure.WrongState when ++_fullHosts < FullHosts:
                await PauseAsync(_fullHosts, ct).ConfigureAwait(false);
                return null;

            case MachinesFailure.HostFull or MachinesFailure.Conflict or MachinesFailure.Leased or MachinesFailure.WrongState:
            case MachinesFailure.RegionFull or MachinesFailure.VolumeHostFull:
                await LeaveRegionAsync(region, e, ct).ConfigureAwait(false);
                return null;

            default:
                throw new BackendException(Clean(e.Message), e.IsPermanent);
        }
    }

    private async Task LeaveRegionAsync(string? region, MachinesException e, CancellationToken ct)
    {
        FlyLog.NoCapacity(run.Log, request.Executor, region ?? "that Fly chose", Clean(e.Message));
        request.Report($"waits for capacity in {string.Join(", ", run.Regions.Select(r => r ?? "any region"))}: {Clean(e.Message)}");
        _fullHosts = 0;
        if (e.Failure == MachinesFailure.VolumeHostFull) _volumes.Avoid();
        _region = (_region + 1) % run.Regions.Count;
        if (_region == 0) await PauseAsync(++_rounds, ct).ConfigureAwait(false);
    }

    /// <summary>Looks for what a create without an answer may have made. The list is not always the newest: two looks.</summary>
    private async Task<Machine?> FindAsync(CancellationToken ct)
    {
        for (var look = 0; look < 2; look++)
        {
            await Task.Delay(s_settle, run.Time, ct).ConfigureAwait(false);
            var found = await run.Client.ListAsync([KeyValuePair.Create(FlyMarks.Attempt, _plan.Attempt)], ct).ConfigureAwait(false);
            if (found.FirstOrDefault(machine => !MachineState.IsGone(machine.State)) is { } machine) return Adopt(machine);
        }

        return null;
    }

    private async Task<Machine?> HolderAsync(string? id, CancellationToken ct)
    {
        if (id is null) return await FindAsync(ct).ConfigureAwait(false);
        try
        {
            var holder = await run.Client.GetAsync(id, ct).ConfigureAwait(false);
            if (holder.Metadata(FlyMarks.Attempt) == _plan.Attempt && !MachineState.IsGone(holder.State)) return Adopt(holder);
        }
        catch (MachinesException e) when (e.Failure == MachinesFailure.NotFound)
        {
            // It is gone meanwhile, and what it was is not known.
        }

        _plan.Rename();
        return null;
    }

    private Machine Adopt(Machine machine)
    {
        FlyLog.Adopted(run.Log, request.Executor, machine.Id);
        return machine;
    }

    private Task PauseAsync(int count, CancellationToken ct)
    {
        // Boots that began together must not go on together.
#pragma warning disable CA5394 // Nothing secret hangs on a pause.
        var pause = TimeSpan.FromSeconds(Math.Min(Math.Pow(2, count - 1), s_longestPause.TotalSeconds) * (0.5 + Random.Shared.NextDouble()));
#pragma warning restore CA5394
        return Task.Delay(pause, run.Time, ct);
    }

    private void Abandoned(Task<byte[]> exchange)
    {
        _uncertain = true;
        _late = exchange;
    }

    private string Clean(string words) => words.Replace(request.ParentVariable, "…", StringComparison.Ordinal);
}
