using System.ComponentModel;

namespace Flame.CompilerServices;

/// <summary>
/// The generated proxies of this process, by interface and class. The assembly whose code asks for a pair adds it through
/// its module initializer, so nothing is found by reflection. Thread-safe.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class ProxyTable
{
    /// <summary>Adds the proxy of one pair; a pair that is known already stays as it is.</summary>
    /// <typeparam name="TInterface">The interface.</typeparam>
    /// <typeparam name="TClass">The class.</typeparam>
    /// <param name="make">Makes the proxy for one container, or scope of it.</param>
    public static void Add<TInterface, TClass>(Func<IServiceProvider, TInterface> make)
        where TInterface : class
        where TClass : class => Interlocked.CompareExchange(ref Pair<TInterface, TClass>.Make, make, null);

    internal static Func<IServiceProvider, TInterface>? Find<TInterface, TClass>()
        where TInterface : class
        where TClass : class => Volatile.Read(ref Pair<TInterface, TClass>.Make);

    private static class Pair<TInterface, TClass>
        where TInterface : class
        where TClass : class
    {
        public static Func<IServiceProvider, TInterface>? Make;
    }
}
