namespace Flame.Generators;

/// <summary>The names of the pipeline's steps, for the caching tests.</summary>
internal static class TrackingNames
{
    public const string Methods = nameof(Methods);
    public const string Hooks = nameof(Hooks);
    public const string Types = nameof(Types);
    public const string Registry = nameof(Registry);
    public const string Placed = nameof(Placed);
    public const string BlockSites = nameof(BlockSites);
    public const string Blocks = nameof(Blocks);
    public const string Injections = nameof(Injections);
    public const string CallSites = nameof(CallSites);
    public const string Interceptors = nameof(Interceptors);
    public const string Surroundings = nameof(Surroundings);
}
