using Flame.Backends;
using Flame.CompilerServices;
using Flame.Links;
using Flame.Wire;
using Microsoft.Extensions.DependencyInjection;

namespace Flame.Executor;

/// <summary>One executor of an <see cref="InProcessBackend"/>: the executor's side of a link, on threads of the parent.</summary>
internal sealed class InProcessExecutor(
    string name, PipeEnd stream, Func<IServiceProvider> container, TimeProvider time, Action<InProcessExecutor> gone) : BackendExecutor
{
    private readonly TaskCompletionSource<string> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lazy<IServiceProvider> _services = new(container);

    public string Name { get; } = name;

    public override string Description => $"in-process executor {Name}";

    public override Task<string> Exited => _exited.Task;

    public async Task RunAsync(FlameParent parent, Action<OutputLine> output)
    {
        try
        {
            var reader = new FrameReader(stream);
            var build = BuildId.Current;
            var hello = new ExecutorHello(parent.Executor, parent.Token, build.Hash, Environment.ProcessId, build.Assemblies);
            var enter = MethodTable.EnterHooks();
            var rules = await Introduction.ExchangeAsync(stream, reader, hello, enter.Length == 0, CancellationToken.None).ConfigureAwait(false);
            if (rules.Refusal is { } refusal)
            {
                End(refusal);
                return;
            }

            var host = new ExecutorHost(stream, reader, rules, () => _services.Value, time, sharesProcess: true);
            var ended = host.RunAsync();
            await RunAsync(enter).ConfigureAwait(false);
            if (enter.Length > 0) host.SayReady();
            var end = await ended.ConfigureAwait(false);
            if (end == LinkEnd.ParentGone) await host.EndCallsAsync(rules.CancelGrace).ConfigureAwait(false);
            await RunAsync(MethodTable.ExitHooks()).ConfigureAwait(false);
            await host.FlushAsync().ConfigureAwait(false);
            End(end switch
            {
                LinkEnd.Stuck => "ended because a call was stuck",
                LinkEnd.ParentGone => "ended because its parent was gone",
                _ => "ended after its last call",
            });
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
        _exited.TrySetResult(reason);
        stream.Dispose();
        gone(this);
    }

    public void Silence() => stream.Connection.Freeze();

    public override Task StopAsync(CancellationToken ct)
    {
        End("stopped by its parent");
        return Task.CompletedTask;
    }

    public override async ValueTask DisposeAsync()
    {
        if (_services.IsValueCreated && _services.Value is IAsyncDisposable disposable) await disposable.DisposeAsync().ConfigureAwait(false);
    }

    private async Task RunAsync(ExecutorHook[] hooks)
    {
        foreach (var hook in hooks)
        {
            await using var scope = _services.Value.CreateAsyncScope();
            await hook(scope.ServiceProvider, CancellationToken.None).ConfigureAwait(false);
        }
    }
}
