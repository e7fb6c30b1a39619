using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Flame.Assemblies;
using Flame.CompilerServices;

namespace Flame;

/// <summary>
/// An assembly that came to this process while it runs, as a notebook, a plugin or a rule makes them, and that its executors have as well: those that are up and
/// those that come. What is marked in it is called as if it had been there from the start. There may be several versions of an assembly at the same time: a call
/// runs in the version that its caller was compiled with or against, and what runs stays in its version to its end. Thread-safe.
/// </summary>
/// <remarks>
/// An executor's own pools get what the executor got. What an assembly references is looked for among those that were loaded before, the newest of a name first,
/// and then in the program. An assembly that is loaded later has no hooks (FLM2121): executors that are up have entered already.
/// </remarks>
public sealed class FlameAssembly : IDisposable
{
    private readonly AssemblyContext _context;

    internal FlameAssembly(AssemblyContext context, Assembly assembly, AssemblyBytes bytes, FlameAssembly[] references)
    {
        _context = context;
        Assembly = assembly;
        Bytes = bytes;
        References = references;
    }

    /// <summary>The assembly, as this process has it.</summary>
    public Assembly Assembly { get; }

    internal AssemblyBytes Bytes { get; }

    /// <summary>Those before it that it references.</summary>
    internal FlameAssembly[] References { get; }

    /// <summary>Completes when the executors that were up have it. Set by <see cref="LoadedAssemblies"/>.</summary>
    internal Task Told { get; set; } = Task.CompletedTask;

    /// <summary>Who needs it: whoever loaded it, as often as he did, and each that references it. Guarded by <see cref="LoadedAssemblies"/>.</summary>
    internal int Users { get; set; } = 1;

    /// <summary>Loads an assembly into this process and into all executors of its pools.</summary>
    /// <param name="image">The assembly: what a compiler emits, or the bytes of a file. It is copied.</param>
    /// <param name="symbols">Its portable symbols, for line numbers in stack traces; empty: none.</param>
    /// <param name="ct">Ends the wait for the executors; then it is unloaded again everywhere.</param>
    /// <returns>The assembly, once every executor that is up has it. The same one, if these very bytes are loaded already; it then has to be disposed once more.</returns>
    /// <exception cref="InvalidOperationException">It cannot be loaded here (FLM2120), has hooks (FLM2121), or an executor could not load it (FLM2122). Then it is loaded nowhere.</exception>
    /// <exception cref="PayloadException">It is larger than the <see cref="FlamePoolOptions.MaxPayloadSize"/> of a pool. Then it is loaded nowhere.</exception>
    [RequiresUnreferencedCode("What an assembly needs that comes later is not known when a program is trimmed.")]
    public static Task<FlameAssembly> LoadAsync(ReadOnlyMemory<byte> image, ReadOnlyMemory<byte> symbols = default, CancellationToken ct = default) =>
        LoadedAssemblies.OfThisProcess.LoadAsync(image.ToArray(), symbols.ToArray(), ct);

    /// <summary>
    /// Unloads it, here and on all executors, once nothing in it runs and nobody refers to it. New calls into it fail. One that another loaded assembly
    /// references stays until that one is disposed too.
    /// </summary>
    public void Dispose() => LoadedAssemblies.OfThisProcess.Release(this);

    internal void Unload()
    {
        MethodTable.Remove(_context);
        _context.Unload();
    }
}
