using Flame.Links;
using Microsoft.Extensions.Options;

namespace Flame.Backends;

/// <summary>One backend of a process's pools, with the door that its executors come through. It is opened by whoever asks first.</summary>
internal sealed class OpenBackend(FlameBackend backend, LinkAcceptor door, BackendOpening opening) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _end = new();
    private Task? _opened;

    public FlameBackend Backend => backend;

    public LinkAcceptor Door => door;

    public string[] Problems => opening.Problems;

    /// <summary>Completes when it can make executors. One that threw is opened again by the next who asks.</summary>
    /// <exception cref="OptionsValidationException">It never can.</exception>
    public Task OpenAsync(CancellationToken ct)
    {
        lock (_gate)
        {
            if (_opened is null) Interlocked.Increment(ref backend.Opened);
            if (_opened is null || (_opened.IsFaulted && opening.Problems.Length == 0)) _opened = OpenOnceAsync();
            return _opened.WaitAsync(ct);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Task? opened;
        lock (_gate) opened = _opened;
        await _end.CancelAsync().ConfigureAwait(false);
        if (opened is not null)
        {
            await opened.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

            // Executors that share the process have opened their parent's backends too, and end earlier.
            if (Interlocked.Decrement(ref backend.Opened) == 0) await backend.DisposeAsync().ConfigureAwait(false);
        }

        _end.Dispose();
    }

    private async Task OpenOnceAsync()
    {
        await backend.OpenAsync(opening, _end.Token).ConfigureAwait(false);
        if (opening.Problems is { Length: > 0 } problems) throw new OptionsValidationException("Flame", typeof(FlamePoolOptions), problems);
    }
}
