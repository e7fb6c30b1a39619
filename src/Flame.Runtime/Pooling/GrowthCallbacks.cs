using Flame.Diagnostics;

namespace Flame.Pooling;

/// <summary>Runs the user's growth callbacks; what they throw is logged and changes nothing.</summary>
internal static class GrowthCallbacks
{
    public static void Guarded(this Action<FlamePoolSize> callback, FlamePool pool, FlamePoolSize size)
    {
        try
        {
            callback(size);
        }
        catch (Exception e)
        {
            FlameLog.CallbackFailed(pool.Log, pool.Name, e);
        }
    }

    public static void Guarded(this Action<FlamePoolSize, Exception?> callback, FlamePool pool, FlamePoolSize size, Exception? error) =>
        ((Action<FlamePoolSize>)(s => callback(s, error))).Guarded(pool, size);
}
