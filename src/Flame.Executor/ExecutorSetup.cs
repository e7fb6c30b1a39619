using Flame.Links;

namespace Flame.Executor;

/// <summary>What an executor needs of the application that it is: its container, made when first asked for, and what it can dial.</summary>
internal sealed record ExecutorSetup(
    Func<IServiceProvider> Services, IReadOnlyList<LinkCarrier> Carriers, IReadOnlyList<Func<IServiceProvider, object>> HostedServices, TimeProvider Time)
{
    /// <summary>The executor's own pools, if it may have any.</summary>
    public OwnPools? Pools { get; init; }

    public static ExecutorSetup Of(FlameBuilder flame, Func<IServiceProvider> services, OwnPools? pools) =>
        new(services, flame.Carriers, flame.ExecutorServices, flame.Time) { Pools = pools };
}
