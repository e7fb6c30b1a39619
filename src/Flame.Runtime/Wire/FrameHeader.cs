using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Flame.Wire;

/// <summary>The kinds of frames; the numbers are the wire's, see docs/wire.md.</summary>
internal enum FrameKind : byte
{
    Hello = 1,
    Call = 2,
    Cancel = 3,
    Item = 4,
    Credit = 5,
    Result = 6,
    Failure = 7,
    Log = 8,
    Drain = 9,
    Ping = 10,
    Export = 11,
    Code = 12,
}

[Flags]
internal enum FrameFlags : byte
{
    None = 0,

    /// <summary>The body goes on with the payload that an earlier frame of the same call and kind began.</summary>
    Continuation = 1,

    /// <summary>On a Ping: this is the answer. On a Hello of the executor: ready for calls. On its Drain: it is done.</summary>
    Reply = 2,

    /// <summary>On a Failure: the method ignores its token; the executor takes no more work.</summary>
    Stuck = 4,

    /// <summary>On a Call: it goes on when the parent is gone.</summary>
    Detached = 8,

    /// <summary>On the first frame of arguments or of a result: some arrays come behind its other bytes.</summary>
    Blobs = 16,

    /// <summary>On the first frame of a Call: the context of its trace stands in front of the arguments.</summary>
    Traced = 32,

    /// <summary>On a Ping of the parent: the answer shall say what the executor uses.</summary>
    Watched = 64,
}

/// <summary>The 16 bytes in front of every frame: body length, kind, flags, channel, call id.</summary>
/// <param name="Length">The length of the body.</param>
/// <param name="Kind">What it says.</param>
/// <param name="Flags">More of that.</param>
/// <param name="Call">The call that it is about; 0: none.</param>
/// <param name="Channel">0: the call itself; else the live argument of it that the frame is about, counted from 1.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct FrameHeader(int Length, FrameKind Kind, FrameFlags Flags, ulong Call, ushort Channel = 0)
{
    public const int Size = 16;

    /// <summary>A payload larger than this travels in pieces, so that small frames never wait long behind it.</summary>
    public const int ChunkSize = 32 * 1024;

    /// <summary>The largest piece that is written from where it is, without a copy.</summary>
    public const int LentSize = 128 * 1024;

    /// <summary>No frame is larger; whoever announces a larger one speaks another protocol.</summary>
    public const int MaxBody = 256 * 1024;

    public void Write(Span<byte> target)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(target[8..], Call);
        BinaryPrimitives.WriteUInt64LittleEndian(target, (uint)Length | ((ulong)Kind << 32) | ((ulong)Flags << 40) | ((ulong)Channel << 48));
    }

    /// <exception cref="WireException">The bytes are no header.</exception>
    public static FrameHeader Read(ReadOnlySpan<byte> source)
    {
        var first = BinaryPrimitives.ReadUInt64LittleEndian(source);
        var length = (uint)first;
        var kind = (FrameKind)(byte)(first >> 32);
        if (length > MaxBody) throw new WireException($"a frame of {length} bytes was announced; the limit is {MaxBody}");
        if (kind is < FrameKind.Hello or > FrameKind.Code) throw new WireException($"there is no frame of kind {(byte)kind}");
        return new FrameHeader((int)length, kind, (FrameFlags)(byte)(first >> 40), BinaryPrimitives.ReadUInt64LittleEndian(source[8..]), (ushort)(first >> 48));
    }
}

/// <summary>The peer sent bytes that are not our protocol; the link is closed and nothing else is disturbed.</summary>
internal sealed class WireException(string message) : IOException(message);
