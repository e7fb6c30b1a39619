using System.ComponentModel;

namespace Flame.CompilerServices;

/// <summary>Marks a method whose block the generator sends: each call of it is replaced, and one that is not fails the build.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
[AttributeUsage(AttributeTargets.Method, Inherited = false)]
public sealed class FlameBlockAttribute : Attribute;
