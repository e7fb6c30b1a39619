using Flame.CompilerServices;
using Flame.Links;

namespace Flame.Assemblies;

/// <summary>What one executor is told of assemblies, one after another: each may need those before it.</summary>
internal sealed class AssemblyFeed(FlamePool pool, ExecutorLink link)
{
    private Task _last = Task.CompletedTask;

    public ExecutorLink Link => link;

    /// <summary>Under the gate of <see cref="LoadedAssemblies"/>, which is the order.</summary>
    /// <returns>Completes when the executor has it, or is lost; fails when it could not load it.</returns>
    public Task Load(LoadedAssembly assembly)
    {
        _last = After<AssemblyMessage>(_last, AssemblyCalls.Load, new AssemblyMessage(assembly));
        return LoadedAsync(_last, assembly);
    }

    /// <inheritdoc cref="Load"/>
    public void Unload(LoadedAssembly assembly) => _last = After<AssemblyVersion>(_last, AssemblyCalls.Unload, new AssemblyVersion(assembly.Bytes.Id));

    // Not under the gate, whatever came before.
    private async Task After<TArguments>(Task before, RemoteMethod method, TArguments arguments) where TArguments : struct, IPayloadCodec<TArguments>
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        var call = UnaryCall<NoPayload, NoPayload>.Rent();
        Payloads.WriteInto<TArguments, TArguments>(call.Payload, arguments, pool.Options.MaxPayloadSize, method.Name, lends: true);
        var answer = call.AsValueTaskWithoutResult();
        call.BeginOn(link, pool, method);
        await answer.ConfigureAwait(false);
    }

    private async Task LoadedAsync(Task sent, LoadedAssembly assembly)
    {
        try
        {
            await sent.ConfigureAwait(false);
        }
        catch (ExecutorLostException)
        {
            // Its calls are told; the one that comes in its place is given what is loaded then.
        }
        catch (Exception e) when (e is not PayloadException { Executor: null })
        {
            throw FlameErrors.AssemblyNotLoadedThere(assembly.Bytes.Name, link.Name, e);
        }
    }
}
