namespace Flame.Blocks;

/// <summary>Calls blocks on the same pools, with options, or from where they would run in place.</summary>
internal sealed class OptionedCaller(FlamePools pools, FlameCallOptions? options, bool alwaysSends) : FlameCaller
{
    internal override FlamePools Pools => pools;

    internal override FlameCallOptions? Options => options;

    internal override bool AlwaysSends => alwaysSends;
}
