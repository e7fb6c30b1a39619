using System.Text;
using Flame.Backends;
using Flame.Control;
using Flame.Fly.Machines;

namespace Flame.Fly.Boots;

/// <summary>One executor as a machine. Its end is waited for with the API's long poll, so that nothing is asked in vain.</summary>
internal sealed class FlyExecutor : BackendExecutor
{
    // Young machines fail in ways that no wait reports, so they are looked at more often.
    private static readonly TimeSpan s_firstWait = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_removal = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_farewell = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_exec = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_confirmation = TimeSpan.FromSeconds(30);

    private readonly FlyRun _run;
    private readonly BootRequest _request;
    private readonly bool _keep;
    private readonly CancellationTokenSource _end = new();
    private volatile Machine _machine;
    private int _disposed;

    public FlyExecutor(FlyRun run, Machine machine, BootRequest request)
    {
        _run = run;
        _machine = machine;
        _request = request;
        _keep = run.Options.KeepStopped > 0;
        Exited = WatchAsync();
    }

    public override string Description => $"machine {_machine.Id}";

    public override Task<BackendExit> Exited { get; }

    internal override async Task<int> RunAsync(IReadOnlyList<string> words, Func<bool, ReadOnlyMemory<byte>, Task> print, CancellationToken ct)
    {
        try
        {
            var answer = await _run.Client.ExecAsync(_machine.Id, words, s_exec, ct).ConfigureAwait(false);
            await PrintAsync(isError: false, answer.Stdout).ConfigureAwait(false);
            await PrintAsync(isError: true, answer.Stderr).ConfigureAwait(false);
            return answer.ExitSignal > 0 ? 128 + answer.ExitSignal : answer.ExitCode;
        }
        catch (MachinesException e)
        {
            throw new ControlException("FLM5009", $"Nothing can be run in machine {_machine.Id}: {e.Message}");
        }

        async Task PrintAsync(bool isError, string? text)
        {
            if (!string.IsNullOrEmpty(text)) await print(isError, Encoding.UTF8.GetBytes(text)).ConfigureAwait(false);
            await print(isError, default).ConfigureAwait(false);
        }
    }

    public override async Task StopAsync(CancellationToken ct)
    {
        using var patience = new CancellationTokenSource(s_removal, _run.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, ct);
        try
        {
            if (_keep && await StaysAsync(both.Token).ConfigureAwait(false)) return;
            if (Exited.IsCompleted && MachineState.IsGone(_machine.State)) return;
            await DestroyAsync(both.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is MachinesException or OperationCanceledException && !ct.IsCancellationRequested)
        {
            FlyLog.LeftBehind(_run.Log, _machine.Id, e is MachinesException ? e.Message : $"it could not be removed within {s_removal.TotalSeconds:0} s");
        }
    }

    public override async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        if (!_end.IsCancellationRequested && !Exited.IsCompleted) await StopAsync(CancellationToken.None).ConfigureAwait(false);
        await _end.CancelAsync().ConfigureAwait(false);
        await Exited.ConfigureAwait(false);
        _run.Client.Forget(_machine.Id);
        _end.Dispose();
    }

    private async Task<bool> StaysAsync(CancellationToken ct)
    {
        // An executor that went by itself is about to stop; one that hangs is not.
        await Task.WhenAny(Exited, Task.Delay(s_farewell, _run.Time, ct)).ConfigureAwait(false);
        return Exited.IsCompletedSuccessfully && _machine.State == MachineState.Stopped && await _run.Kept.StaysAsync(_machine, ct).ConfigureAwait(false);
    }

    private async Task DestroyAsync(CancellationToken ct)
    {
        await _run.Client.DestroyAsync(_machine.Id, ct).ConfigureAwait(false);

        // A host that does not answer keeps its machines "destroying" until it comes back, and that is Fly's to do.
        if (!await IsGoneAsync(ct).ConfigureAwait(false))
            FlyLog.LeftBehind(_run.Log, _machine.Id, "Fly has accepted that it is destroyed, and not confirmed it");
    }

    private async Task<bool> IsGoneAsync(CancellationToken ct)
    {
        // The watch of a machine that is kept waits for another state, maybe in vain.
        if (!_keep) return await Task.WhenAny(Exited, Task.Delay(s_confirmation, _run.Time, ct)).ConfigureAwait(false) == Exited;
        try
        {
            return await _run.Client.WaitAsync(_machine.Id, MachineState.Destroyed, version: null, s_confirmation, ct).ConfigureAwait(false);
        }
        catch (MachinesException e)
        {
            return e.Failure == MachinesFailure.NotFound;
        }
    }

    private async Task<BackendExit> WatchAsync()
    {
        var wait = s_firstWait;
        try
        {
            while (true)
            {
                var ended = await WaitAsync(wait, _end.Token).ConfigureAwait(false);
                if (await LookAsync(_end.Token).ConfigureAwait(false) is { } exit) return exit;

                // It came to that state, and the look did not show it yet.
                if (ended) await Task.Delay(s_pause, _run.Time, _end.Token).ConfigureAwait(false);
                if (wait < MachinesClient.LongestWait) wait = wait * 2 < MachinesClient.LongestWait ? wait * 2 : MachinesClient.LongestWait;
            }
        }
        catch (OperationCanceledException)
        {
            return new BackendExit("was let go");
        }
    }

    /// <summary>Waits for the end, or for a while. Whatever goes wrong, the look that follows tells more.</summary>
    private async Task<bool> WaitAsync(TimeSpan wait, CancellationToken ct)
    {
        try
        {
            return await _run.Client.WaitAsync(_machine.Id, _keep ? MachineState.Stopped : MachineState.Destroyed, _keep ? _machine.InstanceId : null, wait, ct).ConfigureAwait(false);
        }
        catch (MachinesException)
        {
            return true;
        }
    }

    private async Task<BackendExit?> LookAsync(CancellationToken ct)
    {
        try
        {
            var machine = await _run.Client.GetAsync(_machine.Id, ct).ConfigureAwait(false);
            _machine = machine with { InstanceId = _machine.InstanceId ?? machine.InstanceId };
            _request.Report(machine.HostStatus is null or "ok" ? $"machine {machine.Id} is {machine.State}" : $"machine {machine.Id} is {machine.State}, and its host is {machine.HostStatus}");
            return MachineExit.Of(machine, _keep);
        }
        catch (MachinesException e) when (e.Failure == MachinesFailure.NotFound)
        {
            _machine = _machine with { State = MachineState.Destroyed };
            return new BackendExit("is gone, and Fly says nothing more");
        }
        catch (MachinesException e)
        {
            _request.Report(e.Message);
            return null;
        }
    }
}
