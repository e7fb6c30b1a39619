using Flame.CodeSync;

namespace Flame.Wire;

/// <summary>The frames that either side writes before the link has a sender.</summary>
internal static class Handshake
{
    public static byte[] Frame(ReadOnlySpan<byte> hello, FrameFlags flags = FrameFlags.None)
    {
        var frame = new byte[FrameHeader.Size + hello.Length];
        new FrameHeader(hello.Length, FrameKind.Hello, flags, 0).Write(frame);
        hello.CopyTo(frame.AsSpan(FrameHeader.Size));
        return frame;
    }
}

/// <summary>What an executor says first.</summary>
internal sealed record ExecutorHello(string Executor, string Token, string BuildId, int ProcessId, IReadOnlyList<string> Assemblies)
{
    public const int Version = 1;

    /// <summary>How long the process had run when it began to dial; <see langword="null"/>: it does not know.</summary>
    public TimeSpan? Runtime { get; init; }

    /// <summary>How long it took from there until it was connected.</summary>
    public TimeSpan? Connect { get; init; }

    /// <summary>What it is, where it has no program yet.</summary>
    public StockFacts? Stock { get; init; }

    /// <summary>What this process says as the executor that the parent asked for.</summary>
    public static ExecutorHello To(FlameParent parent)
    {
        var build = Wire.BuildId.Current;
        return new ExecutorHello(parent.Executor, parent.Token, build.Hash, Environment.ProcessId, build.Assemblies);
    }

    public ReadOnlySpan<byte> Encode()
    {
        var body = new BodyWriter().Int32(Version).Text(Executor).Text(Token).Text(BuildId).Int32(ProcessId)
            .Int64(Runtime?.Ticks ?? -1).Int64(Connect?.Ticks ?? -1).Int32(Assemblies.Count);
        foreach (var assembly in Assemblies) body.Text(assembly);
        if (Stock is { } stock) stock.Write(body);
        else StockFacts.WriteNone(body);
        return body.Span;
    }

    public static ExecutorHello Decode(ReadOnlySpan<byte> bytes)
    {
        var body = new BodyReader(bytes);
        var version = body.Int32();
        if (version != Version) throw new WireException($"the executor speaks version {version} of the protocol, this parent {Version}");
        var (executor, token, build, pid) = (body.Text(), body.Text(), body.Text(), body.Int32());
        var (runtime, connect) = (body.Int64(), body.Int64());
        var count = body.Int32();
        if (count is < 0 or > 10_000) throw new WireException($"{count} assemblies were announced");
        var assemblies = new List<string>();
        for (var left = count; left > 0; left--) assemblies.Add(body.Text());
        return new ExecutorHello(executor, token, build, pid, assemblies) { Runtime = Span(runtime), Connect = Span(connect), Stock = StockFacts.Read(ref body) };

        static TimeSpan? Span(long ticks) => ticks < 0 ? null : new TimeSpan(ticks);
    }

    // A record prints its members; the token is a secret.
    public override string ToString() => $"hello of {Executor}";
}

/// <summary>What the parent answers: a refusal, or the rules of the link.</summary>
internal sealed record ParentHello(string? Refusal, TimeSpan Heartbeat, TimeSpan ShutdownTimeout, TimeSpan CancelGrace, int MaxPayload)
{
    private static readonly TimeSpan s_longest = TimeSpan.FromMilliseconds(int.MaxValue);

    public ReadOnlySpan<byte> Encode() => new BodyWriter()
        .Byte(Refusal is null ? (byte)0 : (byte)1).Text(Refusal)
        .Int64(Heartbeat.Ticks).Int64(ShutdownTimeout.Ticks).Int64(CancelGrace.Ticks).Int32(MaxPayload).Span;

    public static ParentHello Decode(ReadOnlySpan<byte> bytes)
    {
        var body = new BodyReader(bytes);
        var refused = body.Byte() != 0;
        var words = body.Text();
        var hello = new ParentHello(refused ? words : null, new(body.Int64()), new(body.Int64()), new(body.Int64()), body.Int32());

        // A timer would throw, far from here.
        if (!refused && !(IsTime(hello.Heartbeat) && IsTime(hello.ShutdownTimeout) && IsTime(hello.CancelGrace) && hello.MaxPayload >= 0))
            throw new WireException($"these are no rules of a link: {hello}");
        return hello;

        static bool IsTime(TimeSpan time) => time > TimeSpan.Zero && time <= s_longest;
    }
}
