using Flame.Links;

namespace Flame.Assemblies;

/// <summary>The assemblies that came to this process while it runs, and who else has to have them: the executors of its pools.</summary>
internal sealed class LoadedAssemblies
{
    private readonly Lock _gate = new();

    // Held while an assembly says what is marked in it, which is generated code.
    private readonly Lock _loading = new();
    private readonly List<LoadedAssembly> _assemblies = [];
    private readonly List<AssemblyFeed> _feeds = [];

    public static LoadedAssemblies OfThisProcess { get; } = new();

    /// <summary>Loads one for whoever asks, here and on the executors.</summary>
    public async Task<LoadedAssembly> LoadAsync(byte[] image, byte[] symbols, CancellationToken ct)
    {
        LoadedAssembly assembly;
        var bytes = Read(image, symbols);
        lock (_loading) assembly = Another(bytes.Id) ?? Add(bytes, bytes.ReferenceNames.Select(Newest).OfType<LoadedAssembly>().ToArray());
        try
        {
            await assembly.Told.WaitAsync(ct).ConfigureAwait(false);
            return assembly;
        }
        catch
        {
            Release(assembly);
            throw;
        }
    }

    /// <summary>Loads what the parent sent, here and on this executor's own executors.</summary>
    public async Task ReceiveAsync(AssemblyMessage message, CancellationToken ct)
    {
        LoadedAssembly assembly;
        var bytes = Read(message.Image, message.Symbols);
        if (Known(bytes.Id) is not null) return;
        lock (_loading) assembly = Known(bytes.Id) ?? Add(bytes, message.ReferenceIds.Select(Known).OfType<LoadedAssembly>().ToArray());
        await assembly.Told.WaitAsync(ct).ConfigureAwait(false);
    }

    /// <summary>The parent needs it no more.</summary>
    public void Forget(Guid id)
    {
        if (Known(id) is { } assembly) Release(assembly);
    }

    /// <summary>Somebody needs it no more.</summary>
    public void Release(LoadedAssembly assembly)
    {
        lock (_gate)
        {
            if (assembly.Users == 0 || --assembly.Users > 0) return;
            _assemblies.Remove(assembly);
            foreach (var feed in _feeds) feed.Unload(assembly);
        }

        assembly.Context.Leave();
        foreach (var reference in assembly.References) Release(reference);
    }

    /// <summary>An executor has come up, and no call is sent to it before it has what is loaded. It is told of what comes later too.</summary>
    public Task BringAsync(FlamePool pool, ExecutorLink link, CancellationToken ct)
    {
        lock (_gate)
        {
            var feed = new AssemblyFeed(pool, link);
            _feeds.Add(feed);
            return _assemblies.Count == 0 ? Task.CompletedTask : Task.WhenAll(_assemblies.Select(feed.Load)).WaitAsync(ct);
        }
    }

    /// <summary>The executor is gone.</summary>
    public void Left(ExecutorLink link)
    {
        lock (_gate)
        {
            if (_feeds.FindIndex(feed => feed.Link == link) is var at and >= 0) _feeds.RemoveAt(at);
        }
    }

    private static AssemblyBytes Read(byte[] image, byte[] symbols)
    {
        try
        {
            return new AssemblyBytes(image, symbols);
        }
        catch (Exception e) when (e is BadImageFormatException or InvalidOperationException)
        {
            throw FlameErrors.AssemblyNotLoaded("it", e);
        }
    }

    /// <summary>Under the lock of loading: in the order in which they are loaded here, executors get them.</summary>
    private LoadedAssembly Add(AssemblyBytes bytes, LoadedAssembly[] references)
    {
        var context = new AssemblyContext(bytes, references);
        LoadedAssembly assembly;
        try
        {
            assembly = new LoadedAssembly(context, context.Load(), bytes, references);
        }
        catch (Exception e)
        {
            context.Leave();
            throw FlameErrors.AssemblyNotLoaded(bytes.Name, e is TypeInitializationException { InnerException: { } inner } ? inner : e);
        }

        lock (_gate)
        {
            foreach (var reference in references) reference.Users++;
            _assemblies.Add(assembly);
            assembly.Told = Task.WhenAll(_feeds.Select(feed => feed.Load(assembly)));
            return assembly;
        }
    }

    private LoadedAssembly? Another(Guid id)
    {
        lock (_gate)
        {
            var known = Find(id);
            if (known is not null) known.Users++;
            return known;
        }
    }

    private LoadedAssembly? Known(Guid id)
    {
        lock (_gate) return Find(id);
    }

    private LoadedAssembly? Newest(string name)
    {
        lock (_gate) return _assemblies.FindLast(assembly => assembly.Bytes.Name == name);
    }

    private LoadedAssembly? Find(Guid id) => _assemblies.Find(assembly => assembly.Bytes.Id == id);
}
