using Flame.Wire;

namespace Flame.CodeSync;

/// <summary>What the two ends say while a program is sent; the numbers are the wire's, see docs/wire.md.</summary>
internal enum CodeMessage : byte
{
    /// <summary>Of the parent: the beginning of a manifest.</summary>
    Manifest = 1,

    /// <summary>Of the parent: some of its files.</summary>
    Files = 2,

    /// <summary>Of the executor: the numbers of files whose content it lacks. None: it has all, or all were named.</summary>
    Lacks = 3,

    /// <summary>Of the parent: the content of a file begins.</summary>
    Blob = 4,

    /// <summary>Of the parent: a piece of it.</summary>
    Piece = 5,

    /// <summary>Of the parent: all of it was sent.</summary>
    BlobEnd = 6,

    /// <summary>Of the parent: the token with which the program comes in.</summary>
    Done = 7,

    /// <summary>Of either: it cannot go on, and why.</summary>
    Failed = 8,
}

/// <summary>Messages about a program over a connection that carries nothing else, so that the connection itself holds back who sends too fast. One at a time each way.</summary>
internal sealed class CodePipe(Stream stream, FrameReader reader, TimeProvider time)
{
    /// <summary>The longest piece of a file.</summary>
    public const int LongestPiece = 128 * 1024;

    // Either side only ever works on disk between two messages.
    private static readonly TimeSpan s_silence = TimeSpan.FromSeconds(60);

    private readonly byte[] _frame = new byte[FrameHeader.Size + 1 + LongestPiece];

    public async ValueTask SendAsync(CodeMessage message, ReadOnlyMemory<byte> body, CancellationToken ct)
    {
        new FrameHeader(1 + body.Length, FrameKind.Code, FrameFlags.None, 0).Write(_frame);
        _frame[FrameHeader.Size] = (byte)message;
        body.CopyTo(_frame.AsMemory(FrameHeader.Size + 1));
        await stream.WriteAsync(_frame.AsMemory(0, FrameHeader.Size + 1 + body.Length), ct).ConfigureAwait(false);
        if (message != CodeMessage.Piece) await stream.FlushAsync(ct).ConfigureAwait(false);
    }

    public ValueTask SendAsync(CodeMessage message, string words, CancellationToken ct) => SendAsync(message, new BodyWriter().Text(words).Span.ToArray(), ct);

    /// <summary>The next message; its body is valid until the one after it.</summary>
    /// <exception cref="WireException">It is none, or the other side has failed.</exception>
    /// <exception cref="EndOfStreamException">The other side is gone.</exception>
    public async ValueTask<(CodeMessage Message, ReadOnlyMemory<byte> Body)> ReceiveAsync(CancellationToken ct)
    {
        using var silence = new CancellationTokenSource(s_silence, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, ct);
        try
        {
            while (true)
            {
                if (TryTake() is { } taken) return taken;
                if (!reader.Filled(await reader.FillAsync(either.Token).ConfigureAwait(false))) throw new EndOfStreamException("the connection closed while the program was sent");
            }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new WireException($"nothing was heard for {s_silence.TotalSeconds:0} s while the program was sent");
        }
    }

    /// <exception cref="WireException">Another one came.</exception>
    public async ValueTask<ReadOnlyMemory<byte>> ReceiveAsync(CodeMessage expected, CancellationToken ct)
    {
        var (message, body) = await ReceiveAsync(ct).ConfigureAwait(false);
        return message == expected ? body : throw new WireException($"a {message} message came where a {expected} message was expected");
    }

    /// <summary>Waits until the other side has closed the connection, so that what was said last has reached it. An executor does that once the program is laid out.</summary>
    /// <exception cref="WireException">It says something instead.</exception>
    public async ValueTask WhenHungUpAsync(CancellationToken ct)
    {
        try
        {
            var (message, _) = await ReceiveAsync(ct).ConfigureAwait(false);
            throw new WireException($"a {message} message came after the program");
        }
        catch (IOException e) when (e is not WireException)
        {
            // Closed, in whatever way the carrier tells of it.
        }
    }

    private (CodeMessage, ReadOnlyMemory<byte>)? TryTake()
    {
        if (!reader.TryRead(out var header, out var body)) return null;
        if (header.Kind != FrameKind.Code || body.Length == 0) throw new WireException($"a {header.Kind} frame came while the program was sent");
        var message = (CodeMessage)body[0];
        if (message == CodeMessage.Failed) throw new WireException(Diagnostics.LogText.Line(new BodyReader(body[1..]).Text()));
        return (message, body[1..].ToArray());
    }
}
