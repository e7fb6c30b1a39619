using Flame.Backends;
using Flame.Links;
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
        var found = Find(executor);
        found?.End(reason);
        return found is not null;
    }

    /// <summary>
    /// Has an executor hang as on a network that swallows everything: its link stays open and carries nothing more, so
    /// that only the heartbeat can tell.
    /// </summary>
    /// <param name="executor">Its name.</param>
    /// <returns>Whether there was one.</returns>
    public bool Silence(string executor)
    {
        var found = Find(executor);
        found?.Silence();
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
        var stream = (PipeEnd)await _carrier.DialAsync(parent.Endpoints[0], null, ct).ConfigureAwait(false);
        var executor = new InProcessExecutor(request.Executor, stream, Container, clock, Gone);
        lock (_gate) _alive.Add(executor);
        _ = executor.RunAsync(parent, request.Output);
        return executor;
    }

    private InProcessExecutor? Find(string executor)
    {
        lock (_gate) return _alive.Find(e => e.Name == executor);
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
}
