namespace Flame.Blocks;

/// <summary>Calls blocks on the same pools, with options.</summary>
internal sealed class OptionedCaller(FlamePools pools, FlameCallOptions options) : FlameCaller
{
    internal override FlamePools Pools => pools;

    internal override FlameCallOptions Options => options;
}
