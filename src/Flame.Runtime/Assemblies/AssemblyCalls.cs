using Flame.CompilerServices;

namespace Flame.Assemblies;

/// <summary>What a parent asks of each executor when an assembly comes or goes. These are calls as any others, on one executor and without a slot.</summary>
internal static class AssemblyCalls
{
    // Ids of methods are hashes; these two are given out.
    private const ulong LoadId = 1;
    private const ulong UnloadId = 2;

    public static RemoteMethod Load { get; } = new(LoadId, "Flame.LoadAssembly", null, LoadAsync);

    public static RemoteMethod Unload { get; } = new(UnloadId, "Flame.UnloadAssembly", null, UnloadAsync);

    public static RemoteMethod? Find(ulong id) => id switch
    {
        LoadId => Load,
        UnloadId => Unload,
        _ => null,
    };

    private static async ValueTask LoadAsync(Invocation call)
    {
        var message = call.ReadArguments<AssemblyMessage, AssemblyMessage>();
        await LoadedAssemblies.OfThisProcess.ReceiveAsync(message, call.CancellationToken).ConfigureAwait(false);
    }

    private static ValueTask UnloadAsync(Invocation call)
    {
        LoadedAssemblies.OfThisProcess.Forget(call.ReadArguments<AssemblyVersion, AssemblyVersion>().Id);
        return default;
    }
}
