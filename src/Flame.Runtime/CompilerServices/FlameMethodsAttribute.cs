using System.ComponentModel;

namespace Flame.CompilerServices;

/// <summary>
/// Names the generated registry of an assembly, so that an application that references it can register its methods
/// before the assembly is touched otherwise. Written by generated code.
/// </summary>
/// <param name="registry">The registry: a static class with a parameterless static <c>Register</c> method.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class FlameMethodsAttribute(Type registry) : Attribute
{
    /// <summary>The registry.</summary>
    public Type Registry { get; } = registry;
}
