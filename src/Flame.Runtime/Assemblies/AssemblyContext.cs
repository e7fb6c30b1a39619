using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using Flame.CompilerServices;

namespace Flame.Assemblies;

/// <summary>Where one version of an assembly lives, apart from all others.</summary>
internal sealed class AssemblyContext(AssemblyBytes bytes, LoadedAssembly[] references) : AssemblyLoadContext($"{bytes.Name} {bytes.Id}", isCollectible: true)
{
    /// <summary>Tells this version's methods from those of the others on the wire.</summary>
    public Guid Version => bytes.Id;

    /// <summary>What is marked in it; <see langword="null"/>: it has not said yet. Guarded by <see cref="MethodTable"/>.</summary>
    public RemoteMethod[]? Methods { get; set; }

    /// <summary>Loads it, and has it say what is marked in it.</summary>
    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "Executors load what their parent loaded, and that said so: FlameAssembly.LoadAsync.")]
    public Assembly Load()
    {
        var assembly = bytes.Symbols.Length == 0
            ? LoadFromStream(new MemoryStream(bytes.Image, writable: false))
            : LoadFromStream(new MemoryStream(bytes.Image, writable: false), new MemoryStream(bytes.Symbols, writable: false));
        RuntimeHelpers.RunModuleConstructor(assembly.ManifestModule.ModuleHandle);
        return assembly;
    }

    /// <summary>From now on nothing of it can be called; it is collected when nothing of it runs.</summary>
    public void Leave()
    {
        MethodTable.Remove(this);
        Unload();
    }

    // What is not among those that came later is the program's.
    protected override Assembly? Load(AssemblyName assemblyName) =>
        Array.Find(references, reference => reference.Bytes.Name == assemblyName.Name)?.Assembly;
}
