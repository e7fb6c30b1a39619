using Flame.Backends;

namespace Flame.EndToEnd.Tests.Calls;

/// <summary>Processes of this host that take themselves for those of another: what they print comes over the link.</summary>
internal sealed class ElsewhereBackend : FlameBackend
{
    private readonly LocalProcessBackend _local = new();

    public override string Name => "elsewhere";

    public override Task<BackendExecutor> StartAsync(BootRequest request, CancellationToken ct) => _local.StartAsync(request, ct);
}
