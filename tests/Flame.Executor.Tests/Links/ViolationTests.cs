using Flame.Executor.Tests.InProcess;
using Flame.Links;
using Flame.Wire;

namespace Flame.Executor.Tests.Links;

/// <summary>What is not the protocol loses the link that it came on, with the reason, and nothing else.</summary>
public abstract class ViolationTests
{
    private static readonly byte[] s_header = [0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0];

    private protected abstract LinkCarrier Carrier { get; }

    public static TheoryData<string, string> FromExecutor => new()
    {
        { "kind 0", "no frame of kind 0" },
        { "kind 13", "no frame of kind 13" },
        { "kind 255", "no frame of kind 255" },
        { "oversized", "was announced; the limit is" },
        { "channel of a ping", "a Ping frame has no channel" },
        { "item on no channel", "the call has no channel 1" },
        { "credit on no channel", "the call has no channel 1" },
        { "call", "a Call frame is not for a parent" },
        { "cancel", "a Cancel frame is not for a parent" },
        { "continuation", "never began" },
        { "item for a unary call", "is no stream" },
        { "negative credit", "credit must be positive" },
        { "zero credit", "credit must be positive" },
        { "short credit", "ends early" },
        { "short result", "ends early" },
        { "negative total", "-1 bytes was announced" },
        { "total over the limit", "bytes was announced" },
        { "longer than announced", "longer than it was announced" },
        { "longer piece", "longer than it was announced" },
        { "begun twice", "before the last one is whole" },
        { "short failure", "ends early" },
        { "short log", "ends early" },
        { "short drain", "ends early" },
        { "export of no kind", "no export of kind 9" },
        { "export over the limit", "an export of" },
        { "export that never began", "never began" },
    };

    [Theory]
    [MemberData(nameof(FromExecutor))]
    public async Task Violation_of_an_executor_loses_its_calls_and_only_them(string violation, string words)
    {
        await using var pool = ScriptedPool.Start(Carrier, o => (o.Max, o.MaxConcurrency) = (2, 1));
        var bad = WireWork.EchoAsync([1]);
        await using var badWire = await (await pool.Backend.NextAsync()).ConnectAsync();
        var badCall = await badWire.NextAsync(FrameKind.Call);
        var good = WireWork.EchoAsync([2]);
        await using var goodWire = await (await pool.Backend.NextAsync()).ConnectAsync();
        var goodCall = await goodWire.NextAsync(FrameKind.Call);

        await badWire.SendBytesAsync(BytesFromExecutor(violation, badCall.Call));

        await badWire.LosesAsync(bad, words);
        await goodWire.SendAsync(FrameKind.Result, goodCall.Call, WireEnd.Begin(5, [1, 0, 0, 0, 9]));
        Assert.Equal([9], await good.Patiently());
    }

    [Fact]
    public async Task Frames_of_unknown_calls_are_ignored()
    {
        await using var pool = ScriptedPool.Start(Carrier);
        var call = WireWork.EchoAsync([1]);
        await using var wire = await (await pool.Backend.NextAsync()).ConnectAsync();
        var sent = await wire.NextAsync(FrameKind.Call);
        foreach (var id in (ulong[])[0, sent.Call + 1, sent.Call + (1UL << 32), ulong.MaxValue])
        {
            await wire.SendAsync(FrameKind.Result, id, WireEnd.Begin(1, [1]));
            await wire.SendAsync(FrameKind.Item, id, WireEnd.Begin(1, [1]));
            await wire.SendAsync(FrameKind.Result, id, [1, 2, 3], FrameFlags.Continuation);
            await wire.SendAsync(FrameKind.Failure, id, new FailureBody(FailureCode.Threw, "T", "m", "s").Encode().ToArray());
            await wire.CreditAsync(id, 3);
            await wire.CreditAsync(id, 3, channel: 1);
        }

        await wire.SendAsync(FrameKind.Result, sent.Call, WireEnd.Begin(5, [1, 0, 0, 0, 9]));

        // The terminal frame has been: a second one is for nobody.
        await wire.SendAsync(FrameKind.Result, sent.Call, WireEnd.Begin(5, [1, 0, 0, 0, 8]));
        Assert.Equal([9], await call.Patiently());
        var next = WireWork.EchoAsync([1]);
        sent = await wire.NextAsync(FrameKind.Call);
        await wire.SendAsync(FrameKind.Result, sent.Call, WireEnd.Begin(5, [1, 0, 0, 0, 7]));
        Assert.Equal([7], await next.Patiently());
    }

    public static TheoryData<string, string> FromParent => new()
    {
        { "kind 0", "no frame of kind 0" },
        { "oversized", "was announced; the limit is" },
        { "channel of a ping", "a Ping frame has no channel" },
        { "item on no channel", "the call has no channel 1" },
        { "credit on no channel", "the call has no channel 1" },
        { "result", "a Result frame is not for an executor" },
        { "item", "a Item frame is not for an executor" },
        { "log", "a Log frame is not for an executor" },
        { "hello", "a Hello frame is not for an executor" },
        { "negative credit", "credit must be positive" },
        { "short credit", "ends early" },
        { "short call", "ends early" },
        { "short trace", "ends early" },
        { "trace of many fields", "a trace context of 17 fields" },
        { "export", "a Export frame is not for an executor" },
        { "negative total", "arguments of -1 bytes" },
        { "total over the limit", "were announced" },
        { "longer than announced", "longer than it was announced" },
        { "longer piece", "longer than it was announced" },
        { "no id", "has no id" },
        { "id in use", "is in use" },
        { "id in use by a call that arrives", "is in use" },
    };

    [Theory]
    [MemberData(nameof(FromParent))]
    public async Task Violation_of_a_parent_ends_the_executors_link_and_stops_what_runs(string violation, string words)
    {
        await using var parent = await ScriptedParent.StartAsync(Carrier);
        var gate = WireWork.NewGate();
        await parent.CallAsync(1, "HoldAsync", WireWork.HoldArguments(gate));
        await WireWork.GateOf(gate).Entered.Patiently();

        await parent.Wire.SendBytesAsync(BytesFromParent(violation));

        await parent.IsLostWithAsync(WireWork.GateOf(gate), words);
    }

    [Fact]
    public async Task Frames_of_calls_that_the_executor_does_not_know_are_ignored()
    {
        await using var parent = await ScriptedParent.StartAsync(Carrier);
        await parent.Wire.SendAsync(FrameKind.Cancel, 99);
        await parent.Wire.CreditAsync(99, 1);
        await parent.Wire.CreditAsync(99, 1, channel: 2);
        await parent.ContinueAsync(99, [1, 2, 3]);
        await parent.CallAsync(1, "EchoAsync", [1, 0, 0, 0, 5]);
        var result = await parent.Wire.NextAsync(FrameKind.Result);
        Assert.Equal((1UL, 5), (result.Call, result.Total));
    }

    [Fact]
    public async Task Method_that_the_executor_does_not_have_fails_its_call_only()
    {
        await using var parent = await ScriptedParent.StartAsync(Carrier);
        await parent.Wire.SendAsync(FrameKind.Call, 1, [.. new byte[8], .. BitConverter.GetBytes(-1L), .. BitConverter.GetBytes(100_000), .. new byte[32_768]]);
        await parent.ContinueAsync(1, new byte[32_768]);
        await parent.CallAsync(2, "EchoAsync", [1, 0, 0, 0, 5]);
        Assert.Equal(FailureCode.UnknownMethod, ScriptedParent.CodeOf(await parent.Wire.NextAsync(FrameKind.Failure)));
        Assert.Equal(2UL, (await parent.Wire.NextAsync(FrameKind.Result)).Call);
    }

    private static byte[] BytesFromExecutor(string violation, ulong call) => violation switch
    {
        "call" => WireEnd.Bytes(FrameKind.Call, call, new byte[20]),
        "cancel" => WireEnd.Bytes(FrameKind.Cancel, call),
        "continuation" => WireEnd.Bytes(FrameKind.Result, call, [1], FrameFlags.Continuation),
        "item for a unary call" => WireEnd.Bytes(FrameKind.Item, call, WireEnd.Begin(1, [1])),
        "short result" => WireEnd.Bytes(FrameKind.Result, call, [1, 0]),
        "negative total" => WireEnd.Bytes(FrameKind.Result, call, WireEnd.Begin(-1, [])),
        "total over the limit" => WireEnd.Bytes(FrameKind.Result, call, WireEnd.Begin(int.MaxValue, [])),
        "longer than announced" => WireEnd.Bytes(FrameKind.Result, call, WireEnd.Begin(1, [1, 2])),
        "longer piece" => [.. WireEnd.Bytes(FrameKind.Result, call, WireEnd.Begin(3, [1, 2])), .. WireEnd.Bytes(FrameKind.Result, call, [3, 4], FrameFlags.Continuation)],
        "begun twice" => [.. WireEnd.Bytes(FrameKind.Result, call, WireEnd.Begin(3, [1])), .. WireEnd.Bytes(FrameKind.Result, call, WireEnd.Begin(3, [1]))],
        "short failure" => WireEnd.Bytes(FrameKind.Failure, call, [1, 9, 0, 0, 0, 65]),
        "short log" => WireEnd.Bytes(FrameKind.Log, 0, [1]),
        "export of no kind" => WireEnd.Bytes(FrameKind.Export, 1, WireEnd.Begin(1, [9])),
        "export over the limit" => WireEnd.Bytes(FrameKind.Export, 1, WireEnd.Begin((1024 * 1024) + 1, [1])),
        "export that never began" => WireEnd.Bytes(FrameKind.Export, 1, [1], FrameFlags.Continuation),
        "short drain" => WireEnd.Bytes(FrameKind.Drain, 0, [1]),
        _ => Either(violation, call),
    };

    private static byte[] BytesFromParent(string violation) => violation switch
    {
        "result" => WireEnd.Bytes(FrameKind.Result, 1, WireEnd.Begin(0, [])),
        "item" => WireEnd.Bytes(FrameKind.Item, 1, WireEnd.Begin(0, [])),
        "log" => WireEnd.Bytes(FrameKind.Log),
        "hello" => WireEnd.Bytes(FrameKind.Hello, body: ScriptedParent.Rules.Encode().ToArray()),
        "export" => WireEnd.Bytes(FrameKind.Export, 1, WireEnd.Begin(1, [1])),
        "short trace" => WireEnd.Bytes(FrameKind.Call, 2, [.. new byte[16], 1, 200, 0, 0, 0], FrameFlags.Traced),
        "trace of many fields" => WireEnd.Bytes(FrameKind.Call, 2, [.. new byte[16], 17], FrameFlags.Traced),
        "short call" => WireEnd.Bytes(FrameKind.Call, 2, new byte[19]),
        "negative total" => Call(2, -1, 0),
        "total over the limit" => Call(2, ScriptedParent.Rules.MaxPayload + 1, 0),
        "longer than announced" => Call(2, 1, 2),
        "longer piece" => [.. Call(2, 3, 2), .. WireEnd.Bytes(FrameKind.Call, 2, [3, 4], FrameFlags.Continuation)],
        "no id" => Call(0, 0, 0),
        "id in use" => Call(1, 0, 0),
        "id in use by a call that arrives" => [.. Call(2, 100, 1), .. Call(2, 100, 1)],
        _ => Either(violation, 1),
    };

    private static byte[] Either(string violation, ulong call) => violation switch
    {
        "kind 0" => Header(4, 0),
        "kind 13" => Header(4, 13),
        "kind 255" => Header(4, 255),
        "oversized" => Header(2, 0x10, (4, (byte)FrameKind.Ping)),
        "channel of a ping" => Header(6, 1, (4, (byte)FrameKind.Ping)),
        "item on no channel" => WireEnd.Bytes(FrameKind.Item, call, WireEnd.Begin(1, [1]), channel: 1),
        "credit on no channel" => WireEnd.Bytes(FrameKind.Credit, call, BitConverter.GetBytes(1), channel: 1),
        "negative credit" => WireEnd.Bytes(FrameKind.Credit, call, BitConverter.GetBytes(-1)),
        "zero credit" => WireEnd.Bytes(FrameKind.Credit, call, BitConverter.GetBytes(0)),
        "short credit" => WireEnd.Bytes(FrameKind.Credit, call, [1, 0]),
        _ => throw new ArgumentException(violation),
    };

    private static byte[] Header(int at, byte value, params (int At, byte Value)[] more)
    {
        byte[] header = [.. s_header];
        header[at] = value;
        foreach (var (index, other) in more) header[index] = other;
        return header;
    }

    private static byte[] Call(ulong id, int total, int sent) =>
        WireEnd.Bytes(FrameKind.Call, id, [.. BitConverter.GetBytes(WireWork.Method("EchoAsync").Id), .. BitConverter.GetBytes(-1L), .. BitConverter.GetBytes(total), .. new byte[sent]]);
}

public sealed class ViolationsOverUnixTests : ViolationTests
{
    private protected override LinkCarrier Carrier { get; } = Carriers.Unix;
}

public sealed class ViolationsOverTcpTests : ViolationTests
{
    private protected override LinkCarrier Carrier { get; } = Carriers.Tcp;
}

public sealed class ViolationsOverGrpcTests : ViolationTests
{
    private protected override LinkCarrier Carrier { get; } = Carriers.Grpc;
}

public sealed class ViolationsOverPipeTests : ViolationTests
{
    private protected override LinkCarrier Carrier { get; } = Carriers.Pipe;
}
