using Flame.Links;
using Microsoft.Extensions.Options;

namespace Flame.Backends;

/// <summary>One backend of a process's pools, with the door that its executors come through. It is opened by whoever asks first.</summary>
internal sealed class OpenBackend(FlameBackend backend, LinkAcceptor door, BackendOpening opening) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private Task? _opened;

    public FlameBackend Backend => backend;

    public LinkAcceptor Door => door;

    public string[] Problems => opening.Problems;

    /// <summary>Completes when it can make executors.</summary>
    /// <exception cref="OptionsValidationException">It never can.</exception>
    public Task OpenAsync(CancellationToken ct)
    {
        lock (_gate) return (_opened ??= OpenOnceAsync()).WaitAsync(ct);
    }

    public async ValueTask DisposeAsync()
    {
        Task? opened;
        lock (_gate) opened = _opened;
        if (opened is null) return;
        await opened.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await backend.DisposeAsync().ConfigureAwait(false);
    }

    private async Task OpenOnceAsync()
    {
        await backend.OpenAsync(opening, CancellationToken.None).ConfigureAwait(false);
        if (opening.Problems is { Length: > 0 } problems) throw new OptionsValidationException("Flame", typeof(FlamePoolOptions), problems);
    }
}
