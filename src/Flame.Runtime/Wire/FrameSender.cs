using System.Buffers.Binary;
using Flame.CompilerServices;

namespace Flame.Wire;

/// <summary>
/// The one way out of a link. Frames are written under a short lock straight into a buffer; whoever finds nobody
/// flushing writes the buffer to the stream, while the others fill the second one. So a lone frame leaves at once, and
/// under load one write carries many.
/// </summary>
internal sealed class FrameSender(Stream stream, Action<Exception> broken) : IThreadPoolWorkItem
{
    private const int RunSize = 128 * 1024;

    private readonly Queue<Outgoing> _waiting = new();
    private readonly SendBuffer _buffer = new();
    private bool _flushing;
    private bool _corked;
    private bool _queued;
    private TaskCompletionSource? _emptied;

    /// <summary>Held while frames are appended and while the state that they speak of changes.</summary>
    public Lock Gate { get; } = new();

    /// <summary>Set under the gate; nothing is sent afterwards.</summary>
    public bool Closed { get; private set; }

    /// <summary>Bytes that wait to be written. Read under the gate.</summary>
    public int Backlog => _buffer.Length;

    /// <summary>How many bytes have ever been given to the connection. Read under the gate.</summary>
    public long Given => _buffer.Given;

    /// <summary>Where the next frame will stand among all bytes of the link. Read under the gate.</summary>
    public long Position => _buffer.Given + _buffer.Length;

    /// <summary>The write that has not ended yet, by its number; <see langword="null"/>: none. Read under the gate.</summary>
    public uint? Writing => _flushing ? _buffer.Writes : null;

    /// <summary>Appends a frame and returns where its body goes. Call it under the gate, then <see cref="Leave"/>.</summary>
    public Span<byte> Append(FrameKind kind, FrameFlags flags, ulong call, int length, ushort channel = 0) =>
        _buffer.Append(new FrameHeader(length, kind, flags, call, channel));

    /// <summary>Appends the first frame of a payload: its total length and as much of it as fits a chunk. Call it under the gate.</summary>
    public void AppendPayload(FrameKind kind, ulong call, ReadOnlyMemory<byte> payload, Outgoing? outgoing) =>
        AppendPayload(kind, FrameFlags.None, call, default, payload, payload.Length, [], outgoing);

    /// <summary>The same for a payload that may have blobs, which are announced in front of it.</summary>
    public void AppendPayload(FrameKind kind, ulong call, PayloadBuffer payload, Outgoing? outgoing, ReadOnlySpan<byte> prefix = default, FrameFlags flags = FrameFlags.None) =>
        AppendPayload(kind, payload.Blobs.Count > 0 ? flags | FrameFlags.Blobs : flags, call, prefix, payload.Memory, payload.Length, payload.Blobs, outgoing);

    /// <summary>Adds credit that the peer granted. Call it under the gate.</summary>
    /// <exception cref="WireException">It is more than can be owed: what it asked for would fill this side's memory.</exception>
    public void AddCredit(Outgoing outgoing, int units)
    {
        var credit = (long)outgoing.Credit + units;
        if (credit > outgoing.MostCredit) throw new WireException($"credit of {credit} units was granted; the limit is {outgoing.MostCredit}");
        outgoing.Credit = (int)credit;
        Enqueue(outgoing);
        SignalIfIdle(outgoing);
    }

    /// <summary>Completes when all of it is sent and there is this much credit, or it is dropped. Call it under the gate. Of several who wait, the most modest wakes all.</summary>
    public static Task When(Outgoing outgoing, int credit)
    {
        if (outgoing.Closed || (outgoing.AllSent && outgoing.Credit >= credit)) return Task.CompletedTask;
        if (outgoing.Idle is { Task.IsCompleted: false } idle)
        {
            outgoing.Awaited = Math.Min(outgoing.Awaited, credit);
            return idle.Task;
        }

        outgoing.Awaited = credit;
        return (outgoing.Idle = new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
    }

    /// <summary>Whether the caller, having left the gate, must call <see cref="Flush"/>. Call it under the gate.</summary>
    public bool Leave()
    {
        if (_flushing || _corked || Closed || (_buffer.Length == 0 && _waiting.Count == 0)) return false;
        _flushing = true;
        return true;
    }

    /// <summary>Sends one small frame.</summary>
    /// <returns>Whether the link was still open.</returns>
    public bool Send(FrameKind kind, FrameFlags flags, ulong call, ReadOnlySpan<byte> body, ushort channel = 0)
    {
        bool flush;
        lock (Gate)
        {
            if (Closed) return false;
            body.CopyTo(Append(kind, flags, call, body.Length, channel));
            flush = Leave();
        }

        if (flush) Flush();
        return true;
    }

    /// <summary>
    /// Sends an empty frame about no call, by this thread also where a writer waits for one of the pool: the sign that this
    /// process is there must not wait for methods that hold all of them.
    /// </summary>
    public void SendAtOnce(FrameKind kind, FrameFlags flags)
    {
        lock (Gate)
        {
            if (Closed) return;
            Append(kind, flags, 0, 0);
            if (!Leave() && !Interlocked.Exchange(ref _queued, false)) return;
        }

        const int atMost = 4;
        for (var run = 0; run < atMost; run++)
        {
            if (!WriteOnce()) return;
        }

        Queue();
    }

    /// <summary>Gives the peer credit to go on with what it sends for a call.</summary>
    public void SendCredit(ulong call, int units, ushort channel = 0)
    {
        Span<byte> body = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(body, units);
        Send(FrameKind.Credit, FrameFlags.None, call, body, channel);
    }

    /// <summary>Holds frames back while a received run is handled, so that its answers leave in one write.</summary>
    public void Cork()
    {
        lock (Gate) _corked = true;
    }

    public void Uncork()
    {
        bool flush;
        lock (Gate)
        {
            _corked = false;
            flush = Leave();
        }

        if (flush) Flush();
    }

    /// <summary>Completes when everything that was sent so far is written, or nothing can be any more.</summary>
    public Task WhenWritten()
    {
        lock (Gate)
        {
            if (Closed || (!_flushing && _buffer.Length == 0)) return Task.CompletedTask;
            return (_emptied ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>Ends sending: what is not written yet is lost.</summary>
    public void Close()
    {
        lock (Gate)
        {
            Closed = true;
            _buffer.Clear();
            while (_waiting.TryDequeue(out var outgoing)) outgoing.Close();
            _emptied?.TrySetResult();
        }
    }

    /// <summary>
    /// Writes until nothing is left. A caller lends its thread for one write, and for none when the last write carried
    /// several frames: then the write waits behind what the pool has to run already, most of which has frames to add.
    /// </summary>
    public void Flush()
    {
        if (_buffer.FramesOfRun > 1 || WriteOnce()) Queue();
    }

    // Whoever takes the mark writes: the pool, or one who could not wait for it.
    void IThreadPoolWorkItem.Execute()
    {
        if (Interlocked.Exchange(ref _queued, false)) WriteAll();
    }

    private void Queue()
    {
        Volatile.Write(ref _queued, true);
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    private void WriteAll()
    {
        while (WriteOnce())
        {
        }
    }

    /// <summary>Writes one run; <see langword="false"/> when there is nothing to write or the write goes on by itself.</summary>
    private bool WriteOnce()
    {
        var run = TakeRun();
        if (run.IsEmpty) return false;
        ValueTask write;
        try
        {
            write = stream.WriteAsync(run);
            if (!write.IsCompleted)
            {
                _ = FinishAsync(write);
                return false;
            }

            write.GetAwaiter().GetResult();
            return true;
        }
        catch (Exception e)
        {
            Break(e);
            return false;
        }
    }

    private async Task FinishAsync(ValueTask write)
    {
        try
        {
            await write.ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Break(e);
            return;
        }

        WriteAll();
    }

    // Nothing will be written any more: who waits for that is told before the owner is. The owner on a thread of the pool,
    // for it ends calls, and whoever has written here may be the watch.
    private void Break(Exception e)
    {
        Close();
        ThreadPool.UnsafeQueueUserWorkItem(static end => end.broken(end.e), (broken, e), preferLocal: false);
    }

    private ReadOnlyMemory<byte> TakeRun()
    {
        lock (Gate)
        {
            if (_buffer.HasRest && !Closed) return _buffer.NextWrite();

            // One at least: a flood of small frames must not hold up large payloads for ever. What is lent is the end of its run.
            ReadOnlyMemory<byte> lent = default;
            for (var first = true; !Closed && lent.IsEmpty && (first || _buffer.Length < RunSize) && _waiting.TryDequeue(out var outgoing); first = false)
                AppendPiece(outgoing, ref lent);
            if (_buffer.Length == 0 || Closed)
            {
                _flushing = false;
                _buffer.Rest();
                _emptied?.TrySetResult();
                _emptied = null;
                return default;
            }

            _buffer.Begin(lent);
            return _buffer.NextWrite();
        }
    }

    private void AppendPiece(Outgoing outgoing, ref ReadOnlyMemory<byte> lent)
    {
        outgoing.Queued = false;
        if (outgoing.Closed || outgoing.AllSent) return;

        var piece = outgoing.Next(out var isLent);
        var header = new FrameHeader(piece.Length, outgoing.Kind, FrameFlags.Continuation, outgoing.Call, outgoing.Channel);
        if (isLent)
        {
            _buffer.AppendHeader(header);
            lent = piece;
        }
        else
        {
            piece.Span.CopyTo(_buffer.Append(header));
        }

        Enqueue(outgoing);
        SignalIfIdle(outgoing);
    }

    private void AppendPayload(
        FrameKind kind, FrameFlags flags, ulong call, ReadOnlySpan<byte> prefix, ReadOnlyMemory<byte> head, int total, IReadOnlyList<ReadOnlyMemory<byte>> blobs, Outgoing? outgoing)
    {
        var first = Math.Min(head.Length, FrameHeader.ChunkSize);
        var announced = BlobTable.SizeOf(blobs);
        var body = Append(kind, flags, call, prefix.Length + sizeof(int) + announced + first, outgoing?.Channel ?? 0);
        prefix.CopyTo(body);
        body = body[prefix.Length..];
        BinaryPrimitives.WriteInt32LittleEndian(body, total);
        BlobTable.Write(body[sizeof(int)..], blobs);
        head.Span[..first].CopyTo(body[(sizeof(int) + announced)..]);
        if (outgoing is null) return;

        outgoing.Begin(kind, first, head[first..], blobs);
        Enqueue(outgoing);
    }

    private void Enqueue(Outgoing outgoing)
    {
        if (outgoing.Queued || outgoing.Closed || outgoing.AllSent || outgoing.Credit <= 0) return;
        outgoing.Queued = true;
        _waiting.Enqueue(outgoing);
    }

    private static void SignalIfIdle(Outgoing outgoing)
    {
        if (outgoing.Idle is null || !outgoing.AllSent || outgoing.Credit < outgoing.Awaited) return;
        outgoing.Idle.TrySetResult();
        outgoing.Idle = null;
    }
}
