using System.Threading.Channels;

namespace Flame.Doubles.Kubernetes;

/// <summary>A part of the cluster that works by itself until it is disposed.</summary>
internal abstract class BackgroundLoop(ObjectStore store) : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private Task _running = Task.CompletedTask;

    public ObjectStore Store { get; } = store;

    public void Start()
    {
        // Before anything else happens: a loop that begins late must not have missed what was before it.
        var changes = Store.Subscribe();
        _running = Task.Run(async () =>
        {
            using (changes) await RunAsync(changes.Reader, _end.Token).ConfigureAwait(false);
        });
    }

    public virtual async ValueTask DisposeAsync()
    {
        await _end.CancelAsync().ConfigureAwait(false);
        try
        {
            await _running.ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
        }

        _end.Dispose();
    }

    protected abstract Task RunAsync(ChannelReader<ObjectChange> changes, CancellationToken ct);
}
