using Flame.Backends;
using Flame.CompilerServices;
using Flame.Links;
using Flame.Wire;
using Microsoft.Extensions.DependencyInjection;

namespace Flame.Executor;

/// <summary>
/// Executors in the parent's own process, over the full path of a call: serialized arguments, the wire, a scope for
/// each call. For tests and debugging: the clock can be a fake one, and executors can be lost on demand. Thread-safe.
/// </summary>
/// <param name="services">Registers what marked methods use; a container for each executor.</param>
/// <param name="time">The clock of the executors. Default: <see cref="TimeProvider.System"/>.</param>
public sealed class InProcessBackend(Action<IServiceCollection>? services = null, TimeProvider? time = null) : FlameBackend
{
    private readonly Lock _gate = new();
    private readonly List<InProcessExecutor> _alive = [];
    private readonly Queue<string> _scripted = new();
    private readonly PipeCarrier _carrier = new();

    /// <inheritdoc />
    public override string Name => "in-process";

    internal override LinkCarrier Carrier => _carrier;

    /// <summary>The names of the executors that are alive, the oldest first.</summary>
    public IReadOnlyList<string> Alive
    {
        get
        {
            lock (_gate) return [.. _alive.Select(e => e.Name)];
        }
    }

    /// <summary>Has the next boot fail, once for each call of this method.</summary>
    /// <param name="reason">The backend's words.</param>
    public void FailNextBoot(string reason)
    {
        lock (_gate) _scripted.Enqueue(reason);
    }

    /// <summary>Loses an executor at once, as if its machine had gone.</summary>
    /// <param name="executor">Its name.</param>
    /// <param name="reason">What the parent shall be told.</param>
    /// <returns>Whether there was one.</returns>
    public bool Lose(string executor, string reason = "it was lost by script")
    {
        InProcessExecutor? found;
        lock (_gate) found = _alive.Find(e => e.Name == executor);
        found?.End(reason);
        return found is not null;
    }

    /// <inheritdoc />
    public override async Task<BackendExecutor> StartAsync(BootRequest request, CancellationToken ct)
    {
        lock (_gate)
        {
            if (_scripted.TryDequeue(out var reason)) throw new BackendException(reason);
        }

        var parent = FlameParent.Parse(request.ParentVariable);
        var clock = time ?? TimeProvider.System;
        var stream = await _carrier.DialAsync(parent.Endpoints[0], null, ct).ConfigureAwait(false);
        var executor = new InProcessExecutor(request.Executor, stream, Container, clock, Gone);
        lock (_gate) _alive.Add(executor);
        _ = executor.RunAsync(parent, request.Output);
        return executor;
    }

    private ServiceProvider Container()
    {
        var collection = new ServiceCollection();
        collection.AddLogging();
        services?.Invoke(collection);
        return collection.BuildServiceProvider();
    }

    private void Gone(InProcessExecutor executor)
    {
        lock (_gate) _alive.Remove(executor);
    }

    private sealed class InProcessExecutor(
        string name, Stream stream, Func<IServiceProvider> container, TimeProvider time, Action<InProcessExecutor> gone) : BackendExecutor
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
                foreach (var hook in enter) await hook(_services.Value, CancellationToken.None).ConfigureAwait(false);
                if (enter.Length > 0) host.SayReady();
                var end = await ended.ConfigureAwait(false);
                if (end == LinkEnd.ParentGone) await host.EndCallsAsync(rules.CancelGrace).ConfigureAwait(false);
                foreach (var hook in MethodTable.ExitHooks()) await hook(_services.Value, CancellationToken.None).ConfigureAwait(false);
                End(end == LinkEnd.Stuck ? "ended because a call was stuck" : "ended after its last call");
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

        public override Task StopAsync(CancellationToken ct)
        {
            End("stopped by its parent");
            return Task.CompletedTask;
        }

        public override async ValueTask DisposeAsync()
        {
            if (_services.IsValueCreated && _services.Value is IAsyncDisposable disposable) await disposable.DisposeAsync().ConfigureAwait(false);
        }
    }
}
