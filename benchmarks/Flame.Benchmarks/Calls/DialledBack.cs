using Flame.Backends;
using Flame.Links;

namespace Flame.Benchmarks;

/// <summary>Local processes whose links are of one given kind, so that two kinds can be measured in one process.</summary>
internal sealed class DialledBack(LinkCarrier carrier) : FlameBackend
{
    private readonly LocalProcessBackend _processes = new();

    // The name tells an executor that it can watch its parent's process.
    public override string Name => _processes.Name;

    internal override LinkCarrier Carrier => carrier;

    public override Task<BackendExecutor> StartAsync(BootRequest request, CancellationToken ct) => _processes.StartAsync(request, ct);
}
