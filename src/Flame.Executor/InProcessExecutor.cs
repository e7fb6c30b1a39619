using Flame.Backends;
using Flame.CompilerServices;
using Flame.Links;
using Flame.Wire;

namespace Flame.Executor;

/// <summary>One executor of an <see cref="InProcessBackend"/>: the executor's side of a link, on threads of the parent.</summary>
internal sealed class InProcessExecutor(
    string name, Stream stream, Func<LinkLog, IServiceProvider> container, OwnPools? pools, TimeProvider time, Action<InProcessExecutor> gone) : BackendExecutor
{
    private readonly TaskCompletionSource<BackendExit> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private readonly LinkLog _log = new();
    private IServiceProvider? _services;
    private ExecutorHost? _host;
    private bool _disposed;

    public string Name { get; } = name;

    public override string Description => $"in-process executor {Name}";

    public override Task<BackendExit> Exited => _exited.Task;

    internal override bool SharesProcess => true;

    public async Task RunAsync(FlameParent parent, Action<OutputLine> output)
    {
        try
        {
            var reader = new FrameReader(stream);
            var enter = MethodTable.EnterHooks();
            var rules = await Introduction.ExchangeAsync(stream, reader, ExecutorHello.To(parent), enter.Length == 0, CancellationToken.None).ConfigureAwait(false);
            if (rules.Refusal is { } refusal)
            {
                End(refusal);
                return;
            }

            var host = new ExecutorHost(stream, reader, rules, Services, time, _log, sharesProcess: true) { Name = Name, Own = pools?.Pools };
            Volatile.Write(ref _host, host);
            var ended = host.RunAsync();

            // The hooks are the executor's own code too.
            FlamePools.EnterExecutor(pools?.Pools);
            await EnterAsync(enter, ended).ConfigureAwait(false);
            if (enter.Length > 0) host.SayReady();
            var end = await ended.ConfigureAwait(false);
            if (end == LinkEnd.ParentGone)
            {
                await host.IdleAsync(host.LetGo()).ConfigureAwait(false);
                await host.EndCallsAsync(rules.CancelGrace).ConfigureAwait(false);
            }

            if (pools is not null) await pools.DrainAsync().ConfigureAwait(false);
            await ExecutorHooks.RunAsync(MethodTable.ExitHooks(), Services, CancellationToken.None).ConfigureAwait(false);
            var reason = end switch
            {
                LinkEnd.Stuck => "ended because a call was stuck",
                LinkEnd.ParentGone => $"ended because its parent was gone: {host.GoneBecause}",
                _ => "ended after its last call",
            };
            _exited.TrySetResult(new BackendExit(reason));
            await host.CloseAsync().ConfigureAwait(false);
            End(reason);
        }
        catch (Exception e)
        {
            output(new OutputLine(e.ToString(), IsError: true));
            End($"failed: {e.Message}");
        }
    }

    /// <summary>Says why first: the link's end asks for the reason.</summary>
    public void End(string reason)
    {
        _exited.TrySetResult(new BackendExit(reason));
        if (stream is PipeEnd pipe) pipe.Connection.Thaw();
        stream.Dispose();

        // As processes end with the one that booted them.
        _ = pools?.DrainAsync();
        pools?.Stop();
        gone(this);
    }

    public void Silence() => (stream as PipeEnd)?.Connection.Freeze();

    /// <summary>Goes as a process does that its platform told to: what runs may end, and nothing more is taken.</summary>
    public void Drain(string because) => Volatile.Read(ref _host)?.Drain(because);

    public override Task StopAsync(CancellationToken ct)
    {
        End("stopped by its parent");
        return Task.CompletedTask;
    }

    public override async ValueTask DisposeAsync()
    {
        IServiceProvider? services;
        lock (_gate)
        {
            _disposed = true;
            services = _services;
        }

        await stream.DisposeAsync().ConfigureAwait(false);
        if (services is IAsyncDisposable disposable) await disposable.DisposeAsync().ConfigureAwait(false);
    }

    private IServiceProvider Services()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _services ??= container(_log);
        }
    }

    private async Task EnterAsync(ExecutorHook[] hooks, Task ended)
    {
        using var stop = new CancellationTokenSource();
        var running = ExecutorHooks.RunAsync(hooks, Services, stop.Token);
        if (await Task.WhenAny(running, ended).ConfigureAwait(false) != running) await stop.CancelAsync().ConfigureAwait(false);
        await running.ConfigureAwait(false);
    }
}
