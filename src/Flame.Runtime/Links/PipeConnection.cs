using System.IO.Pipelines;

namespace Flame.Links;

/// <summary>One connection of a <see cref="PipeCarrier"/>, with the faults that a network has.</summary>
internal sealed class PipeConnection
{
    // As much as a socket's buffers hold, give or take: a test must not pass because nothing ever waits.
    private static readonly PipeOptions s_options = new(pauseWriterThreshold: 256 * 1024, resumeWriterThreshold: 128 * 1024, useSynchronizationContext: false);

    private volatile TaskCompletionSource? _frozen;
    private volatile bool _cut;

    public PipeConnection()
    {
        var up = new Pipe(s_options);
        var down = new Pipe(s_options);
        ParentEnd = new PipeEnd(this, up.Reader, down.Writer);
        ExecutorEnd = new PipeEnd(this, down.Reader, up.Writer);
    }

    public PipeEnd ParentEnd { get; }

    public PipeEnd ExecutorEnd { get; }

    public bool IsCut => _cut;

    /// <summary>Severs it at once: what is under way is lost, and every read and write of both ends throws <see cref="IOException"/>.</summary>
    public void Cut()
    {
        _cut = true;
        ParentEnd.Wake();
        ExecutorEnd.Wake();
        Thaw();
    }

    /// <summary>From now on reads and writes hang, as on a network that swallows everything.</summary>
    public void Freeze() => Interlocked.CompareExchange(ref _frozen, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), null);

    /// <summary>Goes on where it was frozen; nothing is lost.</summary>
    public void Thaw() => Interlocked.Exchange(ref _frozen, null)?.TrySetResult();

    internal Task WhenThawed(CancellationToken ct) => _frozen is { } frozen ? frozen.Task.WaitAsync(ct) : Task.CompletedTask;
}
