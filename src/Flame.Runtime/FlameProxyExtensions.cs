using System.Diagnostics.CodeAnalysis;
using Flame;
using Flame.CompilerServices;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Injects classes with marked methods by their interface.</summary>
public static class FlameProxyExtensions
{
    /// <summary>
    /// Injects a class with marked methods as an interface: in the parent a generated proxy, whose marked methods run on
    /// their pool; in an executor, and under <see cref="FlameMode.Local"/>, the class itself.
    /// </summary>
    /// <remarks>
    /// What the interface has beside marked methods runs in place, on a <typeparamref name="TClass"/> of the parent's own
    /// container that is made when it is first needed. The class is registered too, unless it is already, for executors
    /// resolve it, in the scope of each call. Name both types at the call: the generator makes the proxy from there.
    /// </remarks>
    /// <typeparam name="TInterface">The interface.</typeparam>
    /// <typeparam name="TClass">The class.</typeparam>
    /// <param name="services">The services of the application.</param>
    /// <param name="lifetime">How long the proxy and the class live.</param>
    /// <returns>The services.</returns>
    /// <exception cref="InvalidOperationException">No proxy was generated for the two (FLM2016).</exception>
    public static IServiceCollection AddFlameProxy<TInterface, [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TClass>(
        this IServiceCollection services, ServiceLifetime lifetime = ServiceLifetime.Scoped)
        where TInterface : class
        where TClass : class, TInterface
    {
        var make = Prepare<TInterface, TClass>(services, lifetime);
        services.Add(new ServiceDescriptor(typeof(TInterface), scope => Resolve<TInterface, TClass>(scope, make), lifetime));
        return services;
    }

    /// <summary>The same as a keyed service: <c>[FromKeyedServices("fast")] IVideos</c>. The class itself has no key.</summary>
    /// <inheritdoc cref="AddFlameProxy{TInterface, TClass}(IServiceCollection, ServiceLifetime)"/>
    /// <param name="services">The services of the application.</param>
    /// <param name="serviceKey">The key of the interface.</param>
    /// <param name="lifetime">How long the proxy and the class live.</param>
    public static IServiceCollection AddKeyedFlameProxy<TInterface, [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TClass>(
        this IServiceCollection services, object? serviceKey, ServiceLifetime lifetime = ServiceLifetime.Scoped)
        where TInterface : class
        where TClass : class, TInterface
    {
        var make = Prepare<TInterface, TClass>(services, lifetime);
        services.Add(new ServiceDescriptor(typeof(TInterface), serviceKey, (scope, _) => Resolve<TInterface, TClass>(scope, make), lifetime));
        return services;
    }

    private static Func<IServiceProvider, TInterface> Prepare<TInterface, [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TClass>(
        IServiceCollection services, ServiceLifetime lifetime)
        where TInterface : class
        where TClass : class, TInterface
    {
        var make = ProxyTable.Find<TInterface, TClass>() ?? throw FlameErrors.NoProxy(typeof(TInterface), typeof(TClass));
        services.TryAdd(new ServiceDescriptor(typeof(TClass), typeof(TClass), lifetime));
        return make;
    }

    private static TInterface Resolve<TInterface, TClass>(IServiceProvider scope, Func<IServiceProvider, TInterface> make)
        where TInterface : class
        where TClass : class, TInterface => RemoteCalls.RunLocally ? scope.GetRequiredService<TClass>() : make(scope);
}
