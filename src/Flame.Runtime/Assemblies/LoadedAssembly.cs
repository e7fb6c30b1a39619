using System.Reflection;

namespace Flame.Assemblies;

/// <summary>One version of an assembly in this process. Who needs it and who was told is guarded by <see cref="LoadedAssemblies"/>.</summary>
internal sealed class LoadedAssembly(AssemblyContext context, Assembly assembly, AssemblyBytes bytes, LoadedAssembly[] references)
{
    public AssemblyContext Context => context;

    public Assembly Assembly => assembly;

    public AssemblyBytes Bytes => bytes;

    /// <summary>Those before it that it references.</summary>
    public LoadedAssembly[] References => references;

    /// <summary>Completes when the executors that were up have it.</summary>
    public Task Told { get; set; } = Task.CompletedTask;

    /// <summary>Whoever loaded it, as often as he did, and each that references it.</summary>
    public int Users { get; set; } = 1;
}
