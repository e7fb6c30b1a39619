using System.Runtime.CompilerServices;
using BenchmarkDotNet.Attributes;
using Flame.Wire;

namespace Flame.Benchmarks.Micro;

/// <summary>One frame through the two ends of a link, over a stream in memory.</summary>
public class Frames : IDisposable
{
    private const int Small = 32;

    private readonly byte[] _body = new byte[FrameHeader.ChunkSize];
    private readonly MemoryStream _sent = new(new byte[FrameHeader.ChunkSize * 2]);
    private MemoryStream _received = new();
    private FrameSender _sender = null!;
    private FrameReader _reader = null!;

    [Params(Small, FrameHeader.ChunkSize)]
    public int Bytes { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _sender = new FrameSender(_sent, error => throw new InvalidOperationException("the stream broke", error));
        Encode();
        _received = new MemoryStream(_sent.ToArray(), 0, FrameHeader.Size + Bytes);
        _reader = new FrameReader(_received);
    }

    /// <summary>A frame is appended and written by this thread, as those of the pool write.</summary>
    [Benchmark]
    public void Encode()
    {
        _sent.Position = 0;
        lock (_sender.Gate)
        {
            _body.AsSpan(0, Bytes).CopyTo(_sender.Append(FrameKind.Call, FrameFlags.None, 1, Bytes));
            _sender.Leave();
        }

        WriteAll(_sender);
    }

    /// <summary>A frame is read from the stream and cut out of what has come.</summary>
    [Benchmark]
    public int Decode()
    {
        _received.Position = 0;
        while (true)
        {
            if (_reader.TryRead(out var header, out var body)) return header.Length + body[^1];
            var fill = _reader.FillAsync(CancellationToken.None);
            if (!fill.IsCompleted || !_reader.Filled(fill.Result)) throw new InvalidOperationException("the frame is not whole");
        }
    }

    public void Dispose()
    {
        _sent.Dispose();
        _received.Dispose();
        GC.SuppressFinalize(this);
    }

    // A flush would leave the rest to the pool, and the next frame would meet a writer now and then.
    [UnsafeAccessor(UnsafeAccessorKind.Method)]
    private static extern void WriteAll(FrameSender sender);
}
