using System.Buffers.Binary;

namespace Flame.Wire;

/// <summary>
/// The one way out of a link. Frames are written under a short lock straight into a buffer; whoever finds nobody
/// flushing writes the buffer to the stream, while the others fill the second one. So a lone frame leaves at once, and
/// under load one write carries many.
/// </summary>
internal sealed class FrameSender(Stream stream, Action<Exception> broken) : IThreadPoolWorkItem
{
    private const int RunSize = 128 * 1024;
    private const int FirstSize = 16 * 1024;

    // What a jam made larger than this is given up when nothing waits any more: a link may live long after it.
    private const int KeptSize = 1024 * 1024;

    // A long run is written in parts, so that a slow connection shows that it moves.
    private const int MaxWrite = 256 * 1024;

    private readonly Queue<Outgoing> _waiting = new();
    private byte[] _filling = new byte[FirstSize];
    private byte[] _writing = new byte[FirstSize];
    private ReadOnlyMemory<byte> _rest;
    private int _length;
    private int _frames;
    private uint _writes;
    private int _framesOfLastRun;
    private bool _flushing;
    private bool _corked;
    private bool _queued;
    private TaskCompletionSource? _emptied;

    /// <summary>Held while frames are appended and while the state that they speak of changes.</summary>
    public Lock Gate { get; } = new();

    /// <summary>Set under the gate; nothing is sent afterwards.</summary>
    public bool Closed { get; private set; }

    /// <summary>Bytes that wait to be written. Read under the gate.</summary>
    public int Backlog => _length;

    /// <summary>How many bytes have ever been given to the connection. Read under the gate.</summary>
    public long Given { get; private set; }

    /// <summary>Where the next frame will stand among all bytes of the link. Read under the gate.</summary>
    public long Position => Given + _length;

    /// <summary>The write that has not ended yet, by its number; <see langword="null"/>: none. Read under the gate.</summary>
    public uint? Writing => _flushing ? _writes : null;

    /// <summary>Appends a frame and returns where its body goes. Call it under the gate, then <see cref="Leave"/>.</summary>
    public Span<byte> Append(FrameKind kind, FrameFlags flags, ulong call, int length, ushort channel = 0)
    {
        var size = FrameHeader.Size + length;
        if (_filling.Length - _length < size)
            Array.Resize(ref _filling, Math.Max(_filling.Length * 2, _length + size));
        var frame = _filling.AsSpan(_length, size);
        _length += size;
        _frames++;
        new FrameHeader(length, kind, flags, call, channel).Write(frame);
        return frame[FrameHeader.Size..];
    }

    /// <summary>Appends the first frame of a payload: its total length and as much of it as fits a chunk.</summary>
    public void AppendPayload(
        FrameKind kind, ulong call, ReadOnlyMemory<byte> payload, Outgoing? outgoing, ReadOnlySpan<byte> prefix = default, FrameFlags flags = FrameFlags.None)
    {
        var first = Math.Min(payload.Length, FrameHeader.ChunkSize);
        var body = Append(kind, flags, call, prefix.Length + 4 + first, outgoing?.Channel ?? 0);
        prefix.CopyTo(body);
        BinaryPrimitives.WriteInt32LittleEndian(body[prefix.Length..], payload.Length);
        payload.Span[..first].CopyTo(body[(prefix.Length + 4)..]);
        if (outgoing is null) return;

        outgoing.Kind = kind;
        outgoing.Credit -= Outgoing.Cost(first);
        outgoing.Rest = payload[first..];
        Enqueue(outgoing);
    }

    /// <summary>Adds credit that the peer granted. Call it under the gate.</summary>
    /// <exception cref="WireException">It is more than can be owed: what it asked for would fill this side's memory.</exception>
    public void AddCredit(Outgoing outgoing, int units)
    {
        var credit = (long)outgoing.Credit + units;
        if (credit > Outgoing.InitialCredit) throw new WireException($"credit of {credit} units was granted; the limit is {Outgoing.InitialCredit}");
        outgoing.Credit = (int)credit;
        Enqueue(outgoing);
        SignalIfIdle(outgoing);
    }

    /// <summary>Completes when all of it is sent and there is this much credit, or it is dropped. Call it under the gate. Of several who wait, the most modest wakes all.</summary>
    public static Task When(Outgoing outgoing, int credit)
    {
        if (outgoing.Closed || (outgoing.Rest.IsEmpty && outgoing.Credit >= credit)) return Task.CompletedTask;
        if (outgoing.Idle is { Task.IsCompleted: false } idle)
        {
            outgoing.Awaited = Math.Min(outgoing.Awaited, credit);
            return idle.Task;
        }

        outgoing.Awaited = credit;
        return (outgoing.Idle = new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
    }

    /// <summary>Forgets what is left to send; the payload's memory is free afterwards. Call it under the gate.</summary>
    public static void Drop(Outgoing outgoing)
    {
        outgoing.Closed = true;
        outgoing.Rest = default;
        outgoing.Idle?.TrySetResult();
        outgoing.Idle = null;
    }

    /// <summary>Whether the caller, having left the gate, must call <see cref="Flush"/>. Call it under the gate.</summary>
    public bool Leave()
    {
        if (_flushing || _corked || Closed || (_length == 0 && _waiting.Count == 0)) return false;
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
            if (Closed || (!_flushing && _length == 0)) return Task.CompletedTask;
            return (_emptied ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>Ends sending: what is not written yet is lost.</summary>
    public void Close()
    {
        lock (Gate)
        {
            Closed = true;
            _length = 0;
            while (_waiting.TryDequeue(out var outgoing)) Drop(outgoing);
            _emptied?.TrySetResult();
        }
    }

    /// <summary>
    /// Writes until nothing is left. A caller lends its thread for one write, and for none when the last write carried
    /// several frames: then the write waits behind what the pool has to run already, most of which has frames to add.
    /// </summary>
    public void Flush()
    {
        if (_framesOfLastRun > 1 || WriteOnce()) Queue();
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
            if (!_rest.IsEmpty && !Closed) return NextWrite();

            // One at least: a flood of small frames must not hold up large payloads for ever.
            for (var first = true; !Closed && (first || _length < RunSize) && _waiting.TryDequeue(out var outgoing); first = false) AppendChunk(outgoing);
            if (_length == 0 || Closed)
            {
                _flushing = false;
                _rest = default;
                if (_filling.Length > KeptSize) _filling = new byte[FirstSize];
                if (_writing.Length > KeptSize) _writing = new byte[FirstSize];
                _emptied?.TrySetResult();
                _emptied = null;
                return default;
            }

            (_filling, _writing) = (_writing, _filling);
            _rest = _writing.AsMemory(0, _length);
            Given += _length;
            _length = 0;
            _framesOfLastRun = _frames;
            _frames = 0;
            return NextWrite();
        }
    }

    private ReadOnlyMemory<byte> NextWrite()
    {
        var part = _rest[..Math.Min(_rest.Length, MaxWrite)];
        _rest = _rest[part.Length..];
        _writes++;
        return part;
    }

    private void AppendChunk(Outgoing outgoing)
    {
        outgoing.Queued = false;
        if (outgoing.Closed || outgoing.Rest.IsEmpty) return;

        var count = Math.Min(outgoing.Rest.Length, FrameHeader.ChunkSize);
        outgoing.Rest.Span[..count].CopyTo(Append(outgoing.Kind, FrameFlags.Continuation, outgoing.Call, count, outgoing.Channel));
        outgoing.Rest = outgoing.Rest[count..];
        outgoing.Credit -= Outgoing.Cost(count);
        Enqueue(outgoing);
        SignalIfIdle(outgoing);
    }

    private void Enqueue(Outgoing outgoing)
    {
        if (outgoing.Queued || outgoing.Closed || outgoing.Rest.IsEmpty || outgoing.Credit <= 0) return;
        outgoing.Queued = true;
        _waiting.Enqueue(outgoing);
    }

    private static void SignalIfIdle(Outgoing outgoing)
    {
        if (outgoing.Idle is null || !outgoing.Rest.IsEmpty || outgoing.Credit < outgoing.Awaited) return;
        outgoing.Idle.TrySetResult();
        outgoing.Idle = null;
    }
}
