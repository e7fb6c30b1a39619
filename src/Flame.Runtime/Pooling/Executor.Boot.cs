using Flame.Assemblies;
using Flame.Backends;
using Flame.Diagnostics;
using Flame.Links;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Flame.Pooling;

// From the wish for it to its first call, or to nothing.
internal sealed partial class Executor
{
    private async Task BootAsync()
    {
        _pool.Options.OnGrowStart?.Guarded(_pool, new FlamePoolSize(_pool.Name, Name, _owner.Count()));
        FlameLog.Booting(_pool.Log, Name, _pool.Backend.Name);
        Exception? failure = null;
        var permanent = false;
        using var budget = new CancellationTokenSource(_pool.Options.BootTimeout, _pool.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(budget.Token, _end.Token);
        var links = _pool.Surroundings.Links;
        try
        {
            await _pool.Surroundings.Backend.OpenAsync(both.Token).ConfigureAwait(false);
            var variable = await links.ExpectAsync(this, _pool, both.Token).ConfigureAwait(false);
            _life.Clock.Asked();
            var made = _pool.Backend.StartAsync(Request(variable), both.Token);
            _pool.Surroundings.Progress?.Booting();
            _machine = await made.ConfigureAwait(false);
            _madeAt = _pool.ExecutorTime.Made();
            ProcessWatch.OfThisProcess.KeepAwake();
            try
            {
                var link = await ConnectedAsync(_machine, both.Token).ConfigureAwait(false);
                if (!_machine.SharesProcess) await LoadedAssemblies.OfThisProcess.BringAsync(_pool, link, both.Token).ConfigureAwait(false);
                ComeUp(link);
            }
            finally
            {
                ProcessWatch.OfThisProcess.LetSleep();
            }
        }
        catch (Exception e)
        {
            permanent = e is BackendException { Permanent: true } or OptionsValidationException;
            failure = Failure(e, budget.IsCancellationRequested);
        }

        links.Forget(Name);
        if (failure is null) Succeeded();
        else await FailedAsync(failure, permanent).ConfigureAwait(false);
    }

    /// <summary>Waits for the link to be ready, or for what was started to be gone.</summary>
    private async Task<ExecutorLink> ConnectedAsync(BackendExecutor machine, CancellationToken ct)
    {
        var first = await Task.WhenAny(_ready.Task, machine.Exited).WaitAsync(ct).ConfigureAwait(false);
        if (first == _ready.Task && _ready.Task.IsCompletedSuccessfully) return _ready.Task.Result;

        // A link that closes is mostly a process that ends: its reason says more.
        var refusal = _pool.Surroundings.Links.RefusalOf(Name);
        var exit = await ExitedAsync(machine, ct).ConfigureAwait(false) ? machine.Exited.Result : null;
        var reason = exit is null ? "it connected and left before it was ready" : $"{machine.Description} {exit.Reason}";
        throw new BackendException(refusal is null ? reason : $"{refusal} ({reason})", permanent: refusal is not null || exit is { Permanent: true });
    }

    /// <summary>From here on the link's end is the executor's end; before, it was a failed boot.</summary>
    private void ComeUp(ExecutorLink link)
    {
        lock (_gate)
        {
            if (_stopping || _lostBecause is not null) throw new BackendException(_lostBecause ?? "it was stopped");
            _link = link;
        }
    }

    private void Succeeded()
    {
        _life.Ready();
        Slot.Link = _link;
        _pool.Booted();
        var (took, parts) = (_life.BootTime!.Value, _life.Parts);
        if (_pool.Log.IsEnabled(LogLevel.Information)) FlameLog.Ready(_pool.Log, Name, Description, took.TotalMilliseconds, parts.ToString());
        _boot?.End(parts, took, null, wasTold: false);
        if (IsWatched) _link!.Watch(_pool.Observer!);
        _owner.BootSucceeded(this);
        _pool.Options.OnGrowEnd?.Guarded(_pool, new FlamePoolSize(_pool.Name, Name, _owner.Count()), null);
        _announced.SetResult();
        _ = LoseWhenExitedAsync(_machine!, _link!);
    }

    private async Task FailedAsync(Exception failure, bool permanent)
    {
        // From here on whoever still connects is told, and whoever has is shut out: it may be that nothing can remove it.
        _ready.TrySetException(failure);
        _ = _ready.Task.Exception;
        ExecutorLink? admitted;
        lock (_gate) admitted = _admitted;
        if (admitted is not null)
        {
            admitted.Lose(GivenUp);
            LoadedAssemblies.OfThisProcess.Left(admitted);
        }

        await RemoveAsync().ConfigureAwait(false);
        await _lines.EndAsync().ConfigureAwait(false);
        _boot?.End(_life.Parts, _life.Age, failure, _asked);
        _pool.Ended.Add(_life.View(Slot, Description, LogText.Line(failure.Message)));
        if (!_asked) FlameLog.BootFailed(_pool.Log, Name, LogText.Line(failure.Message));
        _owner.BootFailed(this, failure, permanent);
        _pool.Options.OnGrowEnd?.Guarded(_pool, new FlamePoolSize(_pool.Name, Name, _owner.Count()), failure);
    }

    private BootFailedException Failure(Exception e, bool outOfTime)
    {
        var waited = _life.WaitsFor is { } what ? $"; {_machine?.Description ?? "it"} {what}" : "";
        var words = outOfTime
            ? $"it was not ready within {_pool.Options.BootTimeout.TotalSeconds:0.###} s (BootTimeout){waited}"
            : e is OperationCanceledException ? "it was told to go before it was up" : e.Message;
        return FlameErrors.BootFailed(_pool.Name, Name, _pool.Backend.Name, 1, words, e is OperationCanceledException ? null : e);
    }

    private BootRequest Request(string variable) => new(_pool.Name, Name, variable, Print)
    {
        Resources = _pool.Options.Resources,
        BootTimeout = _pool.Options.BootTimeout,
        ShutdownTimeout = _pool.Options.ShutdownTimeout,
        Report = WaitsFor,
        Time = _pool.Time,
        PoolsOf = _pool.Surroundings.PoolsOf,
        Clock = _life.Clock,
    };
}
