using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Flame.Assemblies;

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
    private readonly LoadedAssembly _loaded;
    private bool _isDisposed;

    private FlameAssembly(LoadedAssembly loaded) => _loaded = loaded;

    /// <summary>The assembly, as this process has it.</summary>
    public Assembly Assembly => _loaded.Assembly;

    /// <summary>Loads an assembly into this process and into all executors of its pools.</summary>
    /// <param name="image">The assembly: what a compiler emits, or the bytes of a file. It is copied.</param>
    /// <param name="symbols">Its portable symbols, for line numbers in stack traces; empty: none.</param>
    /// <param name="ct">Ends the wait for the executors; then it is unloaded again everywhere.</param>
    /// <returns>The assembly, once every executor that is up has it. Of the same bytes there is one, which stays until each who loaded them has disposed of it.</returns>
    /// <exception cref="InvalidOperationException">It cannot be loaded here (FLM2120), has hooks (FLM2121), or an executor could not load it (FLM2122). Then it is loaded nowhere.</exception>
    /// <exception cref="PayloadException">It is larger than the <see cref="FlamePoolOptions.MaxPayloadSize"/> of a pool. Then it is loaded nowhere.</exception>
    [RequiresUnreferencedCode("What an assembly needs that comes later is not known when a program is trimmed.")]
    public static async Task<FlameAssembly> LoadAsync(ReadOnlyMemory<byte> image, ReadOnlyMemory<byte> symbols = default, CancellationToken ct = default) =>
        new(await LoadedAssemblies.OfThisProcess.LoadAsync(image.ToArray(), symbols.ToArray(), ct).ConfigureAwait(false));

    /// <summary>
    /// Unloads it, here and on all executors, once nothing in it runs and nobody refers to it. New calls into it fail. One that another loaded assembly
    /// references stays until that one is disposed too.
    /// </summary>
    public void Dispose()
    {
        if (!Interlocked.Exchange(ref _isDisposed, true)) LoadedAssemblies.OfThisProcess.Release(_loaded);
    }
}
