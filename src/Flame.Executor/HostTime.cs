using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Flame.Executor;

/// <summary>The time that a host gives to its end. It counts it from the start of the drain.</summary>
internal static class HostTime
{
    /// <summary>Lengthens it by what the drain may take, so that what stops after the drain keeps all that it was given: a web server has answers to write whose calls have only just ended.</summary>
    public static void Add(TimeSpan drain, IServiceProvider services)
    {
        try
        {
            Lengthen(drain, services);
        }
        catch (Exception e) when (e is FileNotFoundException or FileLoadException)
        {
            // A host of somebody's own making, or an older one: it keeps its time.
        }
    }

    // Apart, for its first line loads the assembly.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Lengthen(TimeSpan drain, IServiceProvider services)
    {
        // The host reads its options when it stops. A timer waits for no longer than this.
        if (services.GetService<IOptions<HostOptions>>()?.Value is { } host && host.ShutdownTimeout != Timeout.InfiniteTimeSpan)
            host.ShutdownTimeout = TimeSpan.FromMilliseconds(Math.Min(host.ShutdownTimeout.TotalMilliseconds + drain.TotalMilliseconds, int.MaxValue));
    }
}
