using Flame.Backends;

namespace Flame;

// Classes and not tuples: what LINQ does with values of ours is compiled anew in every process, before its first call.

/// <summary>A pool as far as it was spoken of; without a backend it has the default one.</summary>
internal sealed record DeclaredPool(string Name, FlamePoolOptions Options, FlameBackend? Backend);

/// <summary>A pool of which everything is known and valid.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Options">What it begins with.</param>
/// <param name="Code">What the program says, without configuration.</param>
/// <param name="Backend">Where its executors live.</param>
internal sealed record BuiltPool(string Name, FlamePoolOptions Options, FlamePoolOptions Code, FlameBackend Backend);
