using System.Collections.Concurrent;
using Flame.Backends;
using Flame.Links;

namespace Flame.Executor.Tests.InProcess;

/// <summary>Executors of this process, behind a backend that keeps a diary.</summary>
/// <param name="name">Its name.</param>
/// <param name="open">What it does when it is opened; the number tells for the how many-th time.</param>
/// <param name="atEnd">What it throws when it is disposed.</param>
internal sealed class OpenedBackend(string name, Func<BackendOpening, int, CancellationToken, Task>? open = null, Exception? atEnd = null) : FlameBackend
{
    private readonly InProcessBackend _inner = new();
    private int _opened;

    public override string Name => name;

    public ConcurrentQueue<string> Diary { get; } = new();

    public ConcurrentQueue<BackendOpening> Openings { get; } = new();

    public InProcessBackend Inner => _inner;

    internal override LinkCarrier Carrier => _inner.Carrier;

    // Not asynchronous: what it throws comes from the call itself.
    public override Task OpenAsync(BackendOpening opening, CancellationToken ct)
    {
        Diary.Enqueue("open");
        Openings.Enqueue(opening);
        return open?.Invoke(opening, Interlocked.Increment(ref _opened), ct) ?? Task.CompletedTask;
    }

    public override Task<BackendExecutor> StartAsync(BootRequest request, CancellationToken ct)
    {
        Diary.Enqueue($"start {request.Executor}");
        return _inner.StartAsync(request, ct);
    }

    public override ValueTask DisposeAsync()
    {
        Diary.Enqueue($"dispose with {_inner.Alive.Count} alive");
        return atEnd is null ? base.DisposeAsync() : throw atEnd;
    }
}
