using Flame.Links;
using Flame.Telemetry;
using Flame.Wire;

namespace Flame.Fuzz.Targets;

/// <summary>A stream of bytes as frames, and the body of each as what its header says that it is.</summary>
internal sealed class FrameTarget : FuzzTarget
{
    public override string Name => "frames";

    public override (long Always, long ForEachByte) Allowance => (256 * 1024, 64);

    public override IReadOnlyList<byte[]> Seeds =>
    [
        [],
        Frame(FrameKind.Ping, FrameFlags.Reply, 0, []),
        [.. Frame(FrameKind.Result, 0, 1UL << 32, [4, 0, 0, 0, 1, 2, 3, 4]), .. Frame(FrameKind.Credit, 0, 5, [1, 0, 0, 0])],
        Frame(FrameKind.Failure, FrameFlags.Stuck, 7, new FailureBody(FailureCode.Threw, "System.IO.IOException", "m", "s").Encode()),
        [.. Frame(FrameKind.Log, 0, 0, new LogBody(2, 0, 7, "App", "hello", "").Encode()), .. Frame(FrameKind.Drain, 0, 0, new BodyWriter().Text("why").Span)],
        Frame(FrameKind.Call, FrameFlags.Traced, 1, [.. new byte[16], .. new BodyWriter().Byte(2).Text("traceparent").Text("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01").Text("baggage").Text("a=b").Span, 0, 0, 0, 0]),
        [.. Frame(FrameKind.Export, 0, 1, [0, 128, 1, 0, 2, .. new byte[32_767]]), .. Frame(FrameKind.Export, FrameFlags.Continuation, 1, new byte[32_768]), .. Frame(FrameKind.Export, 0, 2, [2, 0, 0, 0, 1, 9])],
        [.. Frame(FrameKind.Item, 0, 3, [0, 0, 1, 0, .. new byte[32_768]]), .. Frame(FrameKind.Item, FrameFlags.Continuation, 3, new byte[32_768])],
    ];

    public override void Run(ReadOnlySpan<byte> input)
    {
        var reader = new FrameReader(new MemoryStream(input.ToArray()));
        var exports = new ExportInbox(static (_, _) => { });
        try
        {
            do
            {
                while (reader.TryRead(out var header, out var body)) Decode(header, body, exports);
            }
            while (reader.Filled(reader.FillAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult()));
        }
        catch (WireException)
        {
        }
    }

    internal static byte[] Frame(FrameKind kind, FrameFlags flags, ulong call, ReadOnlySpan<byte> body, ushort channel = 0)
    {
        var frame = new byte[FrameHeader.Size + body.Length];
        new FrameHeader(body.Length, kind, flags, call, channel).Write(frame);
        body.CopyTo(frame.AsSpan(FrameHeader.Size));
        return frame;
    }

    private static void Decode(FrameHeader header, ReadOnlySpan<byte> body, ExportInbox exports)
    {
        switch (header.Kind)
        {
            case FrameKind.Call when (header.Flags & FrameFlags.Traced) != 0: Trace(body); break;
            case FrameKind.Export: exports.Take(header, body); break;
            case FrameKind.Failure: FailureBody.Decode(body); break;
            case FrameKind.Log: LogBody.Decode(body); break;
            case FrameKind.Hello: ExecutorHello.Decode(body); break;
            case FrameKind.Credit: new BodyReader(body).Int32(); break;
            case FrameKind.Drain: new BodyReader(body).Text(); break;
        }
    }

    private static void Trace(ReadOnlySpan<byte> call)
    {
        var body = new BodyReader(call);
        body.UInt64();
        body.Int64();
        var trace = TraceContext.Read(ref body);
        _ = trace.Caller();
        foreach (var (name, _) in trace.Baggage()) ArgumentNullException.ThrowIfNull(name);
    }
}

/// <summary>What either end says first.</summary>
internal sealed class HelloTarget : FuzzTarget
{
    public override string Name => "handshake";

    public override IReadOnlyList<byte[]> Seeds =>
    [
        [0, .. new ExecutorHello("pool/1", "token", "0123456789abcdef", 7, ["App 1", "Lib 2"]).Encode()],
        [1, .. new ParentHello(null, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(5), 1 << 28).Encode()],
        [1, .. new ParentHello("no", default, default, default, 0).Encode()],
    ];

    public override void Run(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty) return;
        try
        {
            if (input[0] % 2 == 0) BuildId.Current.Mismatch(ExecutorHello.Decode(input[1..]).BuildId, []);
            else ParentHello.Decode(input[1..]);
        }
        catch (WireException)
        {
        }
    }
}

/// <summary>A failure, from its bytes to the exception that a caller sees.</summary>
internal sealed class FailureTarget : FuzzTarget
{
    private static readonly ExceptionRebuilder s_exceptions = new();

    public override string Name => "failures";

    public override IReadOnlyList<byte[]> Seeds =>
    [
        new FailureBody(FailureCode.Threw, "System.InvalidOperationException", "it is broken", "at App.Main").Encode().ToArray(),
        new FailureBody(FailureCode.Payload, "123456", "too large", "").Encode().ToArray(),
    ];

    public override void Run(ReadOnlySpan<byte> input)
    {
        try
        {
            var failure = FailureBody.Decode(input);
            var error = s_exceptions.Rebuild(FlameErrors.Remote("pool", "pool/1", "App.Run", failure.Type, failure.Message, failure.Stack));
            if (error is not RemoteException && error.InnerException is not RemoteException) throw new InvalidOperationException($"made {error.GetType()}");
            if (failure.Size < 0) throw new InvalidOperationException("a size below 0");
        }
        catch (WireException)
        {
        }
    }
}

/// <summary>A payload in pieces.</summary>
internal sealed class IncomingTarget : FuzzTarget
{
    public override string Name => "payload in pieces";

    public override (long Always, long ForEachByte) Allowance => (3 * 1024 * 1024, 64);

    public override IReadOnlyList<byte[]> Seeds =>
    [
        [8, 0, 0, 0, 0, 0, 3, 1, 2, 3, 5, 1, 2, 3, 4, 5],
        [255, 255, 255, 127, 0, 0, 1, 9],
        [4, 0, 2, 0, (byte)FrameFlags.Blobs, 12, 2, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 4, 1, 2, 3, 4, .. Enumerable.Repeat((byte[])[255, .. new byte[255]], 8).SelectMany(piece => piece)],
    ];

    public override void Run(ReadOnlySpan<byte> input)
    {
        if (input.Length < 6) return;
        var total = BitConverter.ToInt32(input);
        if (total < 0) return;
        var rest = input[5..];
        Incoming? payload = null;
        try
        {
            var table = Piece(ref rest);
            var fields = new BodyReader(table);
            var blobs = BlobTable.Read(ref fields, (FrameFlags)input[4], total);
            if (rest.IsEmpty || rest[0] > total - blobs.Sum(length => (long)length)) return;
            payload = new Incoming(FrameKind.Result, total, Piece(ref rest), blobs);
            while (!rest.IsEmpty && !payload.Whole) payload.Add(Piece(ref rest), out _);
            if (payload.Whole && payload.Span.Length + (payload.Blobs?.Sum(blob => (long)blob.Length) ?? 0) != total) throw new InvalidOperationException("whole, and not as long as announced");
        }
        catch (WireException)
        {
        }

        payload?.Release();
    }

    private static ReadOnlySpan<byte> Piece(ref ReadOnlySpan<byte> rest)
    {
        var length = Math.Min(rest[0], rest.Length - 1);
        var piece = rest.Slice(1, length);
        rest = rest[(1 + length)..];
        return piece;
    }
}
