using Flame.Progress;

namespace Flame.Mapping;

/// <summary>The pool that a mapping's calls go to.</summary>
/// <param name="pool">The pool.</param>
/// <param name="options">How the mapping goes.</param>
/// <param name="total">Items of its source, if that knows.</param>
internal sealed class MapPlace(FlamePool pool, FlameMapOptions options, long? total)
{
    /// <summary>Items under way at most, by what the pool may have at this moment.</summary>
    public int InFlight => options.InFlight(pool.Options);

    public MapProgress? Begin() => pool.Surroundings.Progress?.Begin(pool, total);
}
