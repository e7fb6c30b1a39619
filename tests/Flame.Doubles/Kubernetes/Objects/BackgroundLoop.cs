namespace Flame.Doubles.Kubernetes;

/// <summary>A part of the cluster that works by itself until it is disposed.</summary>
internal abstract class BackgroundLoop : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private Task _running = Task.CompletedTask;

    public void Start() => _running = Task.Run(() => RunAsync(_end.Token));

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

    protected abstract Task RunAsync(CancellationToken ct);
}
