using System.Buffers.Binary;
using Flame.Wire;

namespace Flame.Links;

/// <summary>What stands in front of the arguments in a Call frame: the method, the budget, and where it is traced, the context of that.</summary>
internal static class CallPrefix
{
    /// <summary>Without a context, which follows.</summary>
    public const int Size = 16;

    public static void Write(Span<byte> prefix, PendingCall call)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(prefix, call.Method.Id);
        BinaryPrimitives.WriteInt64LittleEndian(prefix[8..], call.Budget == Timeout.InfiniteTimeSpan ? -1 : (long)call.Budget.TotalMilliseconds);
        call.Telemetry?.Context?.CopyTo(prefix[Size..]);
    }

    public static FrameFlags FlagsOf(PendingCall call) =>
        (call.Options is { Detached: true } ? FrameFlags.Detached : FrameFlags.None) | (call.Telemetry?.Context is null ? FrameFlags.None : FrameFlags.Traced);
}
