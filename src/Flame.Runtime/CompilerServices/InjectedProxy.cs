using System.ComponentModel;
using Microsoft.Extensions.DependencyInjection;

namespace Flame.CompilerServices;

/// <summary>
/// The base of what is injected for an interface whose class has marked methods. Generated code derives from it: marked
/// methods go to their pool, and what is not marked runs on an object of this process. Thread-safe.
/// </summary>
/// <typeparam name="TClass">The class.</typeparam>
/// <param name="services">What the object is resolved from, when it is first needed.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class InjectedProxy<TClass>(IServiceProvider services) where TClass : class
{
    private readonly Lock _gate = new();
    private TClass? _real;

    /// <summary>The object of this process; made when first needed.</summary>
    protected TClass Real
    {
        get
        {
            if (Volatile.Read(ref _real) is { } real) return real;
            lock (_gate) return _real ??= services.GetRequiredService<TClass>();
        }
    }

    /// <summary>Whether it was needed.</summary>
    protected bool HasReal => Volatile.Read(ref _real) is not null;
}
