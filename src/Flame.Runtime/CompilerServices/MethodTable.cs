using System.ComponentModel;
using System.Reflection;
using System.Runtime.Loader;
using Flame.Assemblies;

namespace Flame.CompilerServices;

/// <summary>A hook of an executor's life, see <see cref="FlameEnterAttribute"/> and <see cref="FlameExitAttribute"/>.</summary>
/// <param name="services">The executor's container; a scope of its own for each hook.</param>
/// <param name="ct">Fires when the hook must end.</param>
/// <returns>Completes when the hook is done.</returns>
[EditorBrowsable(EditorBrowsableState.Never)]
public delegate ValueTask ExecutorHook(IServiceProvider services, CancellationToken ct);

/// <summary>
/// The marked methods of this process. Every assembly with marked methods adds its own through a generated module
/// initializer, so nothing is scanned by reflection. Thread-safe.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class MethodTable
{
    private static readonly Lock Gate = new();
    private static readonly Dictionary<ulong, RemoteMethod> ById = [];
    private static readonly List<RemoteMethod> Rows = [];
    private static readonly List<Assembly> Contributors = [];
    private static readonly List<ExecutorHook> Enters = [];
    private static readonly List<ExecutorHook> Exits = [];

    /// <summary>Adds the methods and hooks of one assembly.</summary>
    /// <param name="assembly">The assembly.</param>
    /// <param name="methods">Its marked methods.</param>
    /// <param name="enter">Its enter hooks, in order.</param>
    /// <param name="exit">Its exit hooks, in order.</param>
    /// <exception cref="InvalidOperationException">Two methods have the same id (FLM2011).</exception>
    public static void Add(
        Assembly assembly, ReadOnlySpan<RemoteMethod> methods, ReadOnlySpan<ExecutorHook> enter = default, ReadOnlySpan<ExecutorHook> exit = default)
    {
        lock (Gate)
        {
            if (Contributors.Contains(assembly)) return;
            if (assembly.IsCollectible && AssemblyLoadContext.GetLoadContext(assembly) is AssemblyContext context)
            {
                AddLater(context, methods, hooks: enter.Length + exit.Length);
                return;
            }

            foreach (var method in methods)
            {
                if (!ById.TryAdd(method.Id, method))
                    throw FlameErrors.MethodIdCollision(method.Name, ById[method.Id].Name);
                Rows.Add(method);
            }

            Contributors.Add(assembly);
            Enters.AddRange(enter);
            Exits.AddRange(exit);
        }
    }

    internal static RemoteMethod? Find(ulong id)
    {
        // Not GetValueOrDefault: it is an extension over the interface, compiled for this one use at every cold start.
        lock (Gate) return ById.TryGetValue(id, out var method) ? method : AssemblyCalls.Find(id);
    }

    /// <summary>From now on nothing of it can be called.</summary>
    internal static void Remove(AssemblyContext context)
    {
        lock (Gate)
        {
            foreach (var method in context.Methods ?? [])
            {
                ById.Remove(method.Id);
                method.IsUnloaded = true;
            }

            // The runtime holds a context until its assembly is collected, which must not wait for it in turn.
            context.Methods = [];
        }
    }

    internal static RemoteMethod[] Snapshot()
    {
        lock (Gate) return [.. Rows];
    }

    internal static Assembly[] Assemblies()
    {
        lock (Gate) return [.. Contributors];
    }

    internal static ExecutorHook[] EnterHooks()
    {
        lock (Gate) return [.. Enters];
    }

    internal static ExecutorHook[] ExitHooks()
    {
        lock (Gate) return [.. Exits];
    }

    // Apart from those of the program: they are no part of its build, and no pool is declared for them.
    private static void AddLater(AssemblyContext context, ReadOnlySpan<RemoteMethod> methods, int hooks)
    {
        if (context.Methods is not null) return;
        if (hooks > 0) throw FlameErrors.HooksLoadedLater();
        foreach (var method in methods) method.BelongTo(context.Version);
        context.Methods = methods.ToArray();
        foreach (var method in methods) ById.Add(method.Id, method);
    }
}
