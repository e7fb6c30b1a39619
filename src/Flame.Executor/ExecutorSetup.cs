using Flame.Links;

namespace Flame.Executor;

/// <summary>What an executor needs of the application that it is: its container, made when first asked for, and what it can dial.</summary>
internal sealed record ExecutorSetup(
    Func<IServiceProvider> Services, IReadOnlyList<LinkCarrier> Carriers, IReadOnlyList<Func<IServiceProvider, object>> HostedServices, TimeProvider Time);
