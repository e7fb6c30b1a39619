using System.Threading.Channels;
using Flame.Links;

namespace Flame.Executor.Tests.Links;

/// <summary>A carrier whose dials the test answers, in its own time.</summary>
internal sealed class ScriptedCarrier : LinkCarrier
{
    private readonly Channel<ScriptedDial> _dials = Channel.CreateUnbounded<ScriptedDial>();
    private int _dialled;

    public override string Scheme => "scripted";

    public int Dialled => Volatile.Read(ref _dialled);

    public Task<ScriptedDial> NextAsync() => _dials.Reader.ReadAsync().AsTask().Patiently();

    public override Task<LinkListener> ListenAsync(CancellationToken ct) => throw new NotSupportedException();

    public override Task<Stream> DialAsync(string endpoint, string? certificatePin, CancellationToken ct)
    {
        var dial = new ScriptedDial(endpoint, certificatePin, ct);
        Interlocked.Increment(ref _dialled);
        _dials.Writer.TryWrite(dial);
        return endpoint.EndsWith("broken", StringComparison.Ordinal) ? throw new InvalidOperationException("it is broken") : dial.Answer.Task;
    }
}

/// <param name="Endpoint">What was dialled.</param>
/// <param name="Pin">For whom.</param>
/// <param name="Token">Ends the try; the double does not heed it by itself.</param>
internal sealed record ScriptedDial(string Endpoint, string? Pin, CancellationToken Token)
{
    public TaskCompletionSource<Stream> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ClosedStream Connect()
    {
        var stream = new ClosedStream();
        Answer.SetResult(stream);
        return stream;
    }

    public void Refuse() => Answer.SetException(new IOException($"Nobody answers at {Endpoint}: Connection refused"));

    /// <summary>Ends with its token, as every real carrier does.</summary>
    public void Heed() => Token.Register(() => Answer.TrySetCanceled(Token));
}

/// <summary>Tells when it is closed.</summary>
internal sealed class ClosedStream : MemoryStream
{
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Closed => _closed.Task;

    protected override void Dispose(bool disposing)
    {
        _closed.TrySetResult();
        base.Dispose(disposing);
    }
}
