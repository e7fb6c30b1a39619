using Flame.Assemblies;
using Flame.Backends;
using Flame.Diagnostics;
using Flame.Links;
using Flame.Observation;
using Flame.Telemetry;
using Flame.Wire;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Flame.Pooling;

/// <summary>
/// One executor from its boot to its end: what the backend made and the link that it dialled. A boot succeeds or
/// fails as one thing, and a failed one leaves nothing behind.
/// </summary>
internal sealed partial class Executor : LinkEvents, IDisposable
{
    private const string GivenUp = "its boot was given up";

    private static readonly TimeSpan s_lastWords = TimeSpan.FromSeconds(1);

    private readonly FlamePool _pool;
    private readonly PoolOwner _owner;
    private readonly ExecutorLines _lines;
    private readonly CancellationTokenSource _end = new();
    private readonly TaskCompletionSource<ExecutorLink> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _announced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ExecutorLife _life;
    private readonly BootSpan? _boot;
    private TimeSpan _madeAt;
    private BackendExecutor? _machine;
    private ExecutorLink? _admitted, _link;
    private readonly Lock _gate = new();
    private bool _stopping;
    private volatile bool _asked;
    private string? _lostBecause;

    public Executor(FlamePool pool, PoolOwner owner, ExecutorSlot slot)
    {
        _pool = pool;
        _owner = owner;
        Slot = slot;
        Name = $"{pool.Surroundings.Within}{pool.Name}/{slot.Number}";
        // The pool's category: a factory keeps a logger for each for ever, and executors come and go. Each line names its executor.
        _lines = new ExecutorLines(pool.Surroundings.Loggers.CreateLogger($"Flame.Executor.{pool.Name}"), pool.Log, Name, pool.Time);
        _life = new ExecutorLife(Name, pool.Time);
        if (Listening.IsPossible) _boot = BootSpan.Begin(pool, Name, slot.BootedFor);
        slot.BootedFor = null;
    }

    public ExecutorSlot Slot { get; }

    public string Name { get; }

    public BackendExecutor? Machine => _machine;

    public ExecutorLink? Link
    {
        get
        {
            lock (_gate) return _link;
        }
    }

    private string Description => _machine?.Description ?? "";

    public ExecutorStats GetStats() => new(Name, Description, Slot.InUse, _life.BootTime);

    public ExecutorView View() => _life.View(Slot, Description);

    /// <summary>The call has one of its slots.</summary>
    public void Serves(PendingCall call) => call.Telemetry?.Granted(Name, waited: call.EnqueuedAt != long.MinValue, _boot, _life);

    // Not on the caller's thread: to start a process takes milliseconds.
    public void Boot() => _ = Task.Run(BootAsync);

    public void Drain()
    {
        _asked = true;
        FlameLog.Draining(_pool.Log, Name);
        if (Link is { } link) link.Drain();
        else Stop();
    }

    public void Stop()
    {
        _asked = true;
        ExecutorLink? link;
        lock (_gate)
        {
            _stopping = true;
            link = _link;
        }

        if (link is null) _end.Cancel();
        else link.Lose("it did not end in time and was stopped");
    }

    public void Dispose() => _end.Dispose();

    /// <summary>Its boot waits for this now; <see langword="null"/>: for nothing.</summary>
    public void WaitsFor(string? what) => _life.WaitsFor = what;

    /// <summary>It came through the door with its token, and has yet to say that it is ready.</summary>
    public void Admitted(ExecutorLink link, ExecutorHello hello)
    {
        _life.Clock.Admitted(hello);
        _life.WaitsFor = null;
        lock (_gate) _admitted = link;
        if (_ready.Task.IsFaulted) link.Lose(GivenUp);
    }

    public override void Ready(ExecutorLink link)
    {
        // One that comes too late belongs to nobody.
        if (!_ready.TrySetResult(link) && Link != link) link.Lose(GivenUp);
    }

    public override void Draining(ExecutorLink link, string because)
    {
        _asked = true;
        FlameLog.AnnouncedDrain(_pool.Log, Name, LogText.Line(because));
        _pool.Leaving(Slot);
    }

    public override void Lost(ExecutorLink link, LinkLoss loss, PendingCall[] calls)
    {
        bool up;
        lock (_gate)
        {
            _lostBecause = loss.Because;
            up = _link is not null;
        }

        if (loss.Violation is { } violation) FlameLog.BrokeProtocol(_pool.Log, Name, violation);
        LoadedAssemblies.OfThisProcess.Left(link);
        if (up)
        {
            _ = EndAsync(loss, calls);
            return;
        }

        var reason = new BackendException(loss.Because);
        _ready.TrySetException(reason);
        foreach (var call in calls) call.EndWith(reason);
    }

    public override bool IsWatched => _pool.Observer is not null;

    public override void Uses(TimeSpan processors, long memory) => _life.Uses(processors, memory);

    public override void Logged(ExecutorLink link, LogBody log) => Add(log);

    public override void Ending() => _lines.Settle();

    public override Exception Translate(ExecutorLink link, PendingCall call, FailureBody failure) =>
        _pool.Surroundings.Exceptions.Rebuild(_pool, Name, call, failure);

    /// <summary>Gives up a link that its platform says has nobody behind it: a network that swallows everything tells nothing.</summary>
    private async Task LoseWhenExitedAsync(BackendExecutor machine, ExecutorLink link)
    {
        await machine.Exited.ConfigureAwait(false);

        // Mostly the link has broken too, and what it carried last is still being read: later where this process is late.
        await Task.Delay(s_lastWords, _pool.Time).ConfigureAwait(false);
        await PoolTurn.PassAsync().ConfigureAwait(false);
        link.Lose("its platform says that it is gone");
    }

    private async Task EndAsync(LinkLoss loss, PendingCall[] calls)
    {
        // A link can break while its executor is still being announced; the pool hears of both, in their order.
        await _announced.Task.ConfigureAwait(false);

        // Nothing may be placed here while the reason is looked up.
        _owner.Lost(this);
        var planned = _asked && calls.Length == 0;
        var goesOn = _owner.IsEnding && !loss.ByExecutor && calls.Any(static call => call.Options is { Detached: true });
        var reason = goesOn ? "the pool has ended, and what is detached goes on without it" : await ReasonAsync(loss, planned).ConfigureAwait(false);
        foreach (var call in calls)
        {
            if (!goesOn && call.MayRunAgain && call.TryAgain(countAttempt: true)) continue;
            call.EndWith(FlameErrors.Lost(_pool.Name, Name, call.Method.Name, mayHaveRun: true, reason));
        }

        // The executor goes by itself when it is done.
        if (goesOn) _ = RemoveWhenExitedAsync();
        else await RemoveAsync().ConfigureAwait(false);
        await _lines.EndAsync().ConfigureAwait(false);
        FlameLog.Gone(_pool.Log, Name, LogText.Line(reason));
        _pool.Ended.Add(_life.View(Slot, Description, LogText.Line(reason)));
        _owner.Gone(this, reason, planned);
        Dispose();
        _pool.Options.OnShrink?.Guarded(_pool, new FlamePoolSize(_pool.Name, Name, _owner.Count()));
    }

    private async Task<string> ReasonAsync(LinkLoss loss, bool planned)
    {
        // What the parent gave up says nothing more by itself; its platform may.
        var exited = _machine!.Exited;
        if (!loss.ByExecutor)
            return (exited.IsCompleted ? exited.Result.Reason : _machine.Trouble) is { } words ? $"{loss.Because}; {_machine.Description} {words}" : loss.Because;
        if (!await ExitedAsync(_machine, CancellationToken.None).ConfigureAwait(false)) return loss.Because;
        return $"{_machine.Description} {(planned ? exited.Result.WhenAsked : exited.Result.Reason)}";
    }

    /// <summary>Whether its platform says within its patience that it is gone; a process that is late itself gets to hear it later.</summary>
    private async Task<bool> ExitedAsync(BackendExecutor machine, CancellationToken ct)
    {
        if (await Task.WhenAny(machine.Exited, Task.Delay(_pool.Backend.ReasonPatience, _pool.Time, ct)).ConfigureAwait(false) != machine.Exited)
            await PoolTurn.PassAsync().ConfigureAwait(false);
        return machine.Exited.IsCompleted;
    }

    private async Task RemoveWhenExitedAsync()
    {
        await _machine!.Exited.ConfigureAwait(false);
        await RemoveAsync().ConfigureAwait(false);
    }

    private async Task RemoveAsync()
    {
        if (_machine is null) return;
        try
        {
            await _machine.StopAsync(CancellationToken.None).ConfigureAwait(false);
            await _machine.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            FlameLog.StopFailed(_pool.Log, Name, e);
        }

        _pool.ExecutorTime.Gone(_madeAt);
    }

    private void Print(OutputLine line) => Add(LogBody.Printed(line.Text, line.IsError));

    private void Add(in LogBody line)
    {
        _pool.Observer?.Line(Name, line);
        _lines.Add(line);
    }
}
