using Flame.Backends;
using Flame.Links;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Flame.Executor;

/// <summary>
/// Executors in the parent's own process, over the full path of a call: serialized arguments, the wire, a scope for
/// each call. For tests and debugging: the clock can be a fake one, and executors can be lost on demand. Thread-safe.
/// </summary>
public sealed class InProcessBackend : FlameBackend
{
    private readonly Lock _gate = new();
    private readonly List<InProcessExecutor> _alive = [];
    private readonly Queue<string> _failures = new();
    private readonly Action<IServiceCollection>? _services;
    private readonly TimeProvider? _time;
    private TaskCompletionSource? _held;

    /// <summary>Executors that share this process.</summary>
    /// <param name="services">Registers what marked methods use; a container for each executor.</param>
    /// <param name="time">The clock of the executors. Default: that of their pool.</param>
    public InProcessBackend(Action<IServiceCollection>? services = null, TimeProvider? time = null) : this(new PipeCarrier(), services, time)
    {
    }

    internal InProcessBackend(LinkCarrier carrier, Action<IServiceCollection>? services = null, TimeProvider? time = null) =>
        (Carrier, _services, _time) = (carrier, services, time);

    /// <inheritdoc />
    public override string Name => "in-process";

    internal override LinkCarrier Carrier { get; }

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
        lock (_gate) _failures.Enqueue(reason);
    }

    /// <summary>Holds boots back from now on, so that a test sees what waits for them.</summary>
    /// <returns>Dispose it to let them go.</returns>
    public IDisposable HoldBoots()
    {
        lock (_gate) return new Hold(_held ??= new(TaskCreationOptions.RunContinuationsAsynchronously), this);
    }

    /// <summary>Has an executor announce that it goes, as one does that its platform told to: running calls end on it, new ones do not begin.</summary>
    /// <param name="executor">Its name.</param>
    /// <param name="reason">What the parent shall be told.</param>
    /// <returns>Whether there was one.</returns>
    public bool Drain(string executor, string reason = "it was drained by script")
    {
        var found = Find(executor);
        found?.Drain(reason);
        return found is not null;
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
        Task? held;
        lock (_gate)
        {
            if (_failures.TryDequeue(out var reason)) throw new BackendException(reason);
            held = _held?.Task;
        }

        if (held is not null) await held.WaitAsync(ct).ConfigureAwait(false);
        var parent = FlameParent.Parse(request.ParentVariable);
        var stream = await Carrier.DialAsync(parent.Endpoints[0], parent.CertificatePin, ct).ConfigureAwait(false);
        var executor = new InProcessExecutor(
            request.Executor, stream, Container, request.PoolsOf is { } make ? new OwnPools(() => make(request.Executor)) : null, _time ?? request.Time, Gone);
        lock (_gate) _alive.Add(executor);
        _ = executor.RunAsync(parent, request.Output);
        return executor;
    }

    private InProcessExecutor? Find(string executor)
    {
        lock (_gate) return _alive.Find(e => e.Name == executor);
    }

    private ServiceProvider Container(LinkLog log)
    {
        var collection = new ServiceCollection();
        collection.AddLogging(logging => logging.AddProvider(new LinkLoggerProvider(log)));

        // An object and no factory: what a container makes it also disposes.
        collection.AddSingleton(FlamePools.OfExecutor);
        _services?.Invoke(collection);
        return collection.BuildServiceProvider();
    }

    private void Gone(InProcessExecutor executor)
    {
        lock (_gate) _alive.Remove(executor);
    }

    private sealed class Hold(TaskCompletionSource held, InProcessBackend backend) : IDisposable
    {
        public void Dispose()
        {
            lock (backend._gate)
            {
                if (backend._held == held) backend._held = null;
            }

            held.TrySetResult();
        }
    }
}
