using Flame.Executor.Tests.Links;
using Flame.Links;
using Flame.Wire;

namespace Flame.Executor.Tests.Live;

/// <summary>What is no protocol on the channels of live arguments loses the link, as anywhere else.</summary>
public abstract class LiveViolationTests
{
    // As WireWork.MixAsync has them.
    private const ushort Progress = 1;
    private const ushort Items = 2;
    private const ushort Reads = 3;
    private const ushort Writes = 4;
    private const ushort NoProgress = 5;

    private static readonly byte[] s_credit = BitConverter.GetBytes(1);
    private static readonly byte[] s_failure = new FailureBody(FailureCode.Threw, "T", "m", "s").Encode().ToArray();

    private protected abstract LinkCarrier Carrier { get; }

    public static TheoryData<string, string> FromExecutor => new()
    {
        { "item to the items", "a Item frame is not for channel 2" },
        { "item to a stream that is read", "a Item frame is not for channel 3" },
        { "credit for a progress", "a Credit frame is not for channel 1" },
        { "credit for a stream that is written", "a Credit frame is not for channel 4" },
        { "cancel of a progress", "a Cancel frame is not for channel 1" },
        { "cancel of a stream that is written", "a Cancel frame is not for channel 4" },
        { "result", "a Result frame is not for channel 2" },
        { "failure", "a Failure frame is not for channel 2" },
        { "no such channel", "the call has no channel 6" },
        { "channel of none", "the call has no channel 5" },
        { "credit of 0", "credit must be positive" },
        { "short credit", "ends early" },
        { "short item", "ends early" },
        { "negative total", "-1 bytes was announced" },
        { "total over the limit", "bytes was announced" },
        { "longer than announced", "longer than it was announced" },
        { "begun twice", "before the last one is whole" },
        { "continuation", "never began" },
        { "log on a channel", "a Log frame has no channel" },
        { "failure of one that did not fail", "said to have failed" },
        { "failure of no number", "said to have failed" },
    };

    public static TheoryData<string, string> FromParent => new()
    {
        { "item to a progress", "a Item frame is not for channel 1" },
        { "item to a stream that is written", "a Item frame is not for channel 4" },
        { "item that nobody asked for", "that nobody waits for" },
        { "bytes that nobody asked for", "that nobody waits for" },
        { "item behind the last", "that nobody waits for" },
        { "end of a progress", "a Result frame is not for channel 1" },
        { "end of a stream that is written", "a Result frame is not for channel 4" },
        { "failure of a progress", "a Failure frame is not for channel 1" },
        { "second end", "channel 2 ends twice" },
        { "failure after the end", "channel 2 ends twice" },
        { "credit for the items", "a Credit frame is not for channel 2" },
        { "credit for a stream that is read", "a Credit frame is not for channel 3" },
        { "cancel", "a Cancel frame is not for channel 2" },
        { "no such channel", "the call has no channel 6" },
        { "channel of none", "the call has no channel 5" },
        { "short failure", "ends early" },
        { "call on a channel", "a Call frame has no channel" },
        { "longer than announced", "longer than it was announced" },
    };

    [Theory]
    [MemberData(nameof(FromExecutor))]
    public async Task Violation_of_an_executor_loses_its_link_and_leaves_what_was_lent(string violation, string words)
    {
        await using var pool = ScriptedPool.Start(Carrier);
        var source = new Source<int>(i => i);
        var call = WireWork.MixAsync(0, new Told<int>(), source.Items(), TestStream.Of(10), new TestStream { OnWrite = _ => default }, null);
        await using var wire = await (await pool.Backend.NextAsync()).ConnectAsync();
        var sent = await wire.NextAsync(FrameKind.Call);
        await wire.CreditAsync(sent.Call, 1, Items);
        Assert.Equal(Items, (await wire.NextAsync(FrameKind.Item)).Channel);

        await wire.SendBytesAsync(BytesFromExecutor(violation, sent.Call));

        await wire.LosesAsync(call, words);
        await source.Left.Patiently();
    }

    [Theory]
    [MemberData(nameof(FromParent))]
    public async Task Violation_of_a_parent_ends_the_executors_link(string violation, string words)
    {
        await using var parent = await ScriptedParent.StartAsync(Carrier);
        var gate = WireWork.NewGate();
        await parent.CallAsync(1, "MixAsync", [.. BitConverter.GetBytes(gate), 1, 1, 3, 5, 0]);

        // It has begun to enumerate, and then waits.
        var asked = await parent.Wire.NextAsync(FrameKind.Credit);
        Assert.Equal((Items, Outgoing.InitialCredit), (asked.Channel, BitConverter.ToInt32(asked.Body)));
        await parent.Wire.SendAsync(FrameKind.Item, 1, WireEnd.Begin(4, [7, 0, 0, 0]), channel: Items);
        await WireWork.GateOf(gate).Entered.Patiently();

        await parent.Wire.SendBytesAsync(BytesFromParent(violation));

        await parent.IsLostWithAsync(WireWork.GateOf(gate), words);
    }

    [Fact]
    public async Task Method_reads_what_its_parent_sends_and_ends_with_the_source()
    {
        await using var parent = await ScriptedParent.StartAsync(Carrier);
        var gate = WireWork.NewGate();
        WireWork.GateOf(gate).Open();
        await parent.CallAsync(1, "MixAsync", [.. BitConverter.GetBytes(gate), 1, 1, 3, 5, 0]);
        await parent.Wire.NextAsync(FrameKind.Credit);
        for (var i = 0; i < 3; i++) await parent.Wire.SendAsync(FrameKind.Item, 1, WireEnd.Begin(4, [(byte)i, 0, 0, 0]), channel: Items);
        await parent.Wire.SendAsync(FrameKind.Result, 1, WireEnd.Begin(0, []), channel: Items);
        for (var i = 0; i < 3; i++)
        {
            var report = await parent.Wire.NextAsync(FrameKind.Item);
            Assert.Equal((Progress, (byte)i), (report.Channel, report.Body[4]));
        }

        Assert.Equal(0, (await parent.Wire.NextAsync(FrameKind.Result)).Channel);

        // What crosses its end means nothing.
        await parent.Wire.SendAsync(FrameKind.Item, 1, WireEnd.Begin(4, [9, 0, 0, 0]), channel: Items);
        await parent.Wire.CreditAsync(1, 1, Progress);
        await parent.CallAsync(2, "EchoAsync", [1, 0, 0, 0, 5]);
        Assert.Equal(2UL, (await parent.Wire.NextAsync(FrameKind.Result)).Call);
    }

    private static byte[] BytesFromExecutor(string violation, ulong call) => violation switch
    {
        "item to the items" => Item(call, Items),
        "item to a stream that is read" => Item(call, Reads),
        "credit for a progress" => WireEnd.Bytes(FrameKind.Credit, call, s_credit, channel: Progress),
        "credit for a stream that is written" => WireEnd.Bytes(FrameKind.Credit, call, s_credit, channel: Writes),
        "cancel of a progress" => WireEnd.Bytes(FrameKind.Cancel, call, channel: Progress),
        "cancel of a stream that is written" => WireEnd.Bytes(FrameKind.Cancel, call, channel: Writes),
        "result" => WireEnd.Bytes(FrameKind.Result, call, WireEnd.Begin(0, []), channel: Items),
        "failure" => WireEnd.Bytes(FrameKind.Failure, call, s_failure, channel: Items),
        "credit of 0" => WireEnd.Bytes(FrameKind.Credit, call, BitConverter.GetBytes(0), channel: Items),
        "short credit" => WireEnd.Bytes(FrameKind.Credit, call, [1, 0], channel: Items),
        "short item" => WireEnd.Bytes(FrameKind.Item, call, [1, 0], channel: Writes),
        "negative total" => WireEnd.Bytes(FrameKind.Item, call, WireEnd.Begin(-1, []), channel: Progress),
        "total over the limit" => WireEnd.Bytes(FrameKind.Item, call, WireEnd.Begin(int.MaxValue, []), channel: Writes),
        "begun twice" => [.. WireEnd.Bytes(FrameKind.Item, call, WireEnd.Begin(3, [1]), channel: Writes), .. Item(call, Writes)],
        "continuation" => WireEnd.Bytes(FrameKind.Item, call, [1], FrameFlags.Continuation, Progress),
        "log on a channel" => WireEnd.Bytes(FrameKind.Log, call, channel: Progress),
        "failure of one that did not fail" => WireEnd.Bytes(FrameKind.Failure, call, new FailureBody(FailureCode.LiveArgument, "2", "", "").Encode().ToArray()),
        "failure of no number" => WireEnd.Bytes(FrameKind.Failure, call, new FailureBody(FailureCode.LiveArgument, "-1", "", "").Encode().ToArray()),
        _ => Either(violation, call, Progress),
    };

    private static byte[] BytesFromParent(string violation) => violation switch
    {
        "item to a progress" => Item(1, Progress),
        "item to a stream that is written" => Item(1, Writes),
        "item that nobody asked for" => Item(1, Reads),
        "bytes that nobody asked for" => WireEnd.Bytes(FrameKind.Item, 1, WireEnd.Begin(40_000, new byte[32_768]), channel: Reads).Concat(
            WireEnd.Bytes(FrameKind.Item, 1, new byte[40_000 - 32_768], FrameFlags.Continuation, Reads)).ToArray(),
        "item behind the last" => [.. End(Items), .. Item(1, Items)],
        "end of a progress" => End(Progress),
        "end of a stream that is written" => End(Writes),
        "failure of a progress" => WireEnd.Bytes(FrameKind.Failure, 1, s_failure, channel: Progress),
        "second end" => [.. End(Items), .. End(Items)],
        "failure after the end" => [.. End(Items), .. WireEnd.Bytes(FrameKind.Failure, 1, s_failure, channel: Items)],
        "credit for the items" => WireEnd.Bytes(FrameKind.Credit, 1, s_credit, channel: Items),
        "credit for a stream that is read" => WireEnd.Bytes(FrameKind.Credit, 1, s_credit, channel: Reads),
        "cancel" => WireEnd.Bytes(FrameKind.Cancel, 1, channel: Items),
        "short failure" => WireEnd.Bytes(FrameKind.Failure, 1, [1, 9, 0, 0, 0, 65], channel: Items),
        "call on a channel" => WireEnd.Bytes(FrameKind.Call, 1, new byte[20], channel: Items),
        _ => Either(violation, 1, Items),
    };

    private static byte[] Either(string violation, ulong call, ushort takesItems) => violation switch
    {
        "no such channel" => Item(call, 6),
        "channel of none" => Item(call, NoProgress),
        "longer than announced" => WireEnd.Bytes(FrameKind.Item, call, WireEnd.Begin(1, [1, 2]), channel: takesItems),
        _ => throw new ArgumentException(violation),
    };

    private static byte[] Item(ulong call, ushort channel) => WireEnd.Bytes(FrameKind.Item, call, WireEnd.Begin(4, [1, 0, 0, 0]), channel: channel);

    private static byte[] End(ushort channel) => WireEnd.Bytes(FrameKind.Result, 1, WireEnd.Begin(0, []), channel: channel);
}

public sealed class LiveViolationsOverUnixTests : LiveViolationTests
{
    private protected override LinkCarrier Carrier { get; } = Carriers.Unix;
}

public sealed class LiveViolationsOverTcpTests : LiveViolationTests
{
    private protected override LinkCarrier Carrier { get; } = Carriers.Tcp;
}

public sealed class LiveViolationsOverGrpcTests : LiveViolationTests
{
    private protected override LinkCarrier Carrier { get; } = Carriers.Grpc;
}

public sealed class LiveViolationsOverPipeTests : LiveViolationTests
{
    private protected override LinkCarrier Carrier { get; } = Carriers.Pipe;
}
