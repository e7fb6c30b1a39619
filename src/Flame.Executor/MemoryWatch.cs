using Flame.Backends;
using Flame.Diagnostics;
using Flame.Links;
using Microsoft.Extensions.Logging;

namespace Flame.Executor;

/// <summary>
/// Tells the parent that this executor is near its limit of memory, and what it was doing, before the kernel kills it
/// without a word. Once each time that it comes near.
/// </summary>
internal sealed class MemoryWatch(Func<MemoryUse> use, Func<string> running, Func<ILogger> log) : IWatched
{
    /// <summary>The share of the limit that is told.</summary>
    public const double Near = 0.9;

    /// <summary>Below this share the next time is another.</summary>
    public const double Far = 0.8;

    private const double Growing = 0.5;
    private const int LooksWhereFar = 10;

    // The first look is a second after the start: it must not be in the way of the first call.
    private int _skip = LooksWhereFar;
    private bool _told;

    public static MemoryWatch Of(ExecutorHost host) => new(MemoryUse.OfThisProcess, () => host.Running, host.Log.Own);

    public void Look()
    {
        if (_skip-- > 0) return;
        var now = use();
        _skip = now.Share < Growing ? LooksWhereFar : 0;
        if (now.Share < Far) _told = false;
        if (_told || now.Share < Near) return;
        _told = true;
        var calls = running();
        FlameLog.MemoryShort(log(), now.UsedMiB, now.LimitMiB, now.Whose, calls.Length == 0 ? "nothing" : calls);
    }
}
