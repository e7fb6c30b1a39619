using CsCheck;
using Flame.Executor.Tests.InProcess;
using Flame.Links;
using Flame.Wire;

namespace Flame.Executor.Tests.Links;

/// <summary>Large payloads go in pieces, as far as their credit goes, and nothing waits for them.</summary>
public abstract class CreditTests
{
    private const int Large = 4 * 1024 * 1024;

    private protected abstract LinkCarrier Carrier { get; }

    [Theory]
    [InlineData(FrameHeader.ChunkSize - 4)]
    [InlineData(FrameHeader.ChunkSize - 3)]
    [InlineData((2 * FrameHeader.ChunkSize) - 4)]
    [InlineData(1_048_577)]
    [InlineData(20_000_003)]
    public async Task Payload_of_any_size_travels_whole_both_ways(int size)
    {
        await using var pool = InProcessPool.Start(carrier: Carrier);
        var bytes = new byte[size];
        new Random(size).NextBytes(bytes);
        var answer = await WireWork.EchoAsync(bytes).Patiently();
        Assert.True(bytes.AsSpan().SequenceEqual(answer));
    }

    [Fact]
    public async Task Many_large_payloads_at_once_are_not_mixed_up()
    {
        await using var pool = InProcessPool.Start(o => (o.Max, o.MaxConcurrency) = (1, 8), Carrier);
        var sent = Enumerable.Range(0, 8).Select(i =>
        {
            var bytes = new byte[1_000_000 + i];
            new Random(i).NextBytes(bytes);
            return bytes;
        }).ToArray();
        var answers = await Task.WhenAll(sent.Select(WireWork.Remote.EchoAsync)).Patiently();
        for (var i = 0; i < sent.Length; i++) Assert.True(sent[i].AsSpan().SequenceEqual(answers[i]), $"{i}");
    }

    [Fact]
    public async Task Small_call_overtakes_large_arguments_that_wait_for_credit()
    {
        await using var pool = ScriptedPool.Start(Carrier);
        var large = WireWork.EchoAsync(new byte[Large]);
        await using var wire = await (await pool.Backend.NextAsync()).ConnectAsync();
        var first = await wire.NextAsync(FrameKind.Call);
        var small = WireWork.EchoAsync([1]);
        Frame frame;
        do
        {
            frame = await wire.NextAsync(FrameKind.Call);
        }
        while (frame.Call == first.Call);
        await wire.SendAsync(FrameKind.Result, frame.Call, WireEnd.Begin(5, [1, 0, 0, 0, 9]));
        Assert.Equal([9], await small.Patiently());
        Assert.False(large.IsCompleted);
        await wire.SendAsync(FrameKind.Result, first.Call, WireEnd.Begin(4, [0, 0, 0, 0]));
        Assert.Empty(await large.Patiently());
    }

    [Fact]
    public async Task Small_result_overtakes_a_large_one_that_waits_for_credit()
    {
        await using var parent = await ScriptedParent.StartAsync(Carrier);
        var gate = WireWork.NewGate();
        WireWork.GateOf(gate).Open();
        await parent.CallAsync(1, "HoldAsync", WireWork.HoldArguments(gate, Large));
        await parent.Wire.NextAsync(FrameKind.Result);
        await parent.CallAsync(2, "EchoAsync", [1, 0, 0, 0, 5]);
        Frame frame;
        do
        {
            frame = await parent.Wire.NextAsync(FrameKind.Result);
        }
        while (frame.Call == 1);
        Assert.Equal(5, frame.Total);
    }

    [Fact]
    public async Task Reader_that_grants_nothing_bounds_what_is_under_way()
    {
        await using var pool = ScriptedPool.Start(Carrier);
        var calls = Enumerable.Range(0, 8).Select(_ => WireWork.EchoAsync(new byte[Large])).ToArray();
        await using var wire = await (await pool.Backend.NextAsync()).ConnectAsync();
        var received = new Dictionary<ulong, int>();
        while (received.Count < calls.Length || received.Values.Any(r => r < Affordable(Outgoing.InitialCredit, Large))) Count(received, await wire.NextAsync(FrameKind.Call));

        // A call that is sent now comes behind everything that was sent before it.
        var mark = WireWork.EchoAsync([1]);
        Assert.Equal(5, (await wire.NextAsync(FrameKind.Call)).PieceLength);
        Assert.All(received.Values, r => Assert.Equal(Affordable(Outgoing.InitialCredit, Large), r));
        Assert.DoesNotContain(calls.Append(mark), call => call.IsCompleted);
    }

    [Fact]
    public async Task Credit_is_spent_to_the_unit_and_never_lost()
    {
        await Gen.Int[1, 40].Array[1, 12].SampleAsync(
            async grants =>
            {
                await using var parent = await ScriptedParent.StartAsync(Carrier);
                var gate = WireWork.NewGate();
                WireWork.GateOf(gate).Open();
                var total = 16 * 1024 * 1024;
                await parent.CallAsync(1, "HoldAsync", WireWork.HoldArguments(gate, total));
                var (credit, received) = (Outgoing.InitialCredit, 0);
                foreach (var grant in grants)
                {
                    while (received < Affordable(credit, total)) received += (await parent.Wire.NextAsync(FrameKind.Result)).PieceLength;
                    Assert.Equal(Affordable(credit, total), received);

                    // A Ping is answered behind whatever was sent before it.
                    await parent.Wire.SendAsync(FrameKind.Ping);
                    Assert.Equal(FrameKind.Ping, (await parent.Wire.ReadAsync())!.Kind);
                    await parent.Wire.CreditAsync(1, grant);
                    credit += grant;
                }
            },
            iter: 12,
            threads: 1);
    }

    [Fact]
    public async Task Receiver_pays_back_what_it_took_while_pieces_are_missing()
    {
        await using var parent = await ScriptedParent.StartAsync(Carrier);
        var gate = WireWork.NewGate();
        WireWork.GateOf(gate).Open();
        var arguments = WireWork.HoldArguments(gate, 0, Large);
        await parent.CallAsync(1, "HoldAsync", arguments);
        var (credit, sent) = (Outgoing.InitialCredit - Outgoing.Cost(FrameHeader.ChunkSize), FrameHeader.ChunkSize);
        var granted = 0;
        while (sent < arguments.Length)
        {
            while (credit > 0 && sent < arguments.Length)
            {
                var count = Math.Min(FrameHeader.ChunkSize, arguments.Length - sent);
                await parent.ContinueAsync(1, arguments[sent..(sent + count)]);
                credit -= Outgoing.Cost(count);
                sent += count;
            }

            if (sent == arguments.Length) break;
            var units = BitConverter.ToInt32((await parent.Wire.NextAsync(FrameKind.Credit)).Body);
            granted += units;
            credit += units;
        }

        Assert.Equal(1UL, (await parent.Wire.NextAsync(FrameKind.Result)).Call);
        Assert.InRange(credit, 1 - Outgoing.Cost(FrameHeader.ChunkSize), Outgoing.InitialCredit);
        Assert.True(granted > 0);
    }

    [Theory]
    [InlineData(200, 10)]
    [InlineData(10, 200_000)]
    [InlineData(3, 3_000_000)]
    public async Task Items_of_any_size_arrive_in_order(int count, int size)
    {
        await using var pool = InProcessPool.Start(carrier: Carrier);
        var i = 0;
        await foreach (var blob in WireWork.BlobsAsync(count, size, TestContext.Current.CancellationToken))
        {
            Assert.Equal(size, blob.Length);
            Assert.True(blob.AsSpan().IndexOfAnyExcept((byte)i) < 0);
            i++;
        }

        Assert.Equal(count, i);
    }

    /// <summary>How far an array goes behind the mark that stands for it: pieces are sent while the credit is above zero, and may bring it below.</summary>
    private static int Affordable(int credit, int total)
    {
        var sent = sizeof(int);
        credit -= Outgoing.Cost(sent);
        for (var left = total; credit > 0 && left > 0;)
        {
            var piece = left > FrameHeader.ChunkSize ? Math.Min(left - FrameHeader.ChunkSize, FrameHeader.LentSize) : left;
            credit -= Outgoing.Cost(piece);
            sent += piece;
            left -= piece;
        }

        return sent;
    }

    private static void Count(Dictionary<ulong, int> received, Frame frame) => received[frame.Call] = received.GetValueOrDefault(frame.Call) + frame.PieceLength;
}

public sealed class CreditOverUnixTests : CreditTests
{
    private protected override LinkCarrier Carrier { get; } = Carriers.Unix;
}

public sealed class CreditOverTcpTests : CreditTests
{
    private protected override LinkCarrier Carrier { get; } = Carriers.Tcp;
}

public sealed class CreditOverGrpcTests : CreditTests
{
    private protected override LinkCarrier Carrier { get; } = Carriers.Grpc;
}

public sealed class CreditOverPipeTests : CreditTests
{
    private protected override LinkCarrier Carrier { get; } = Carriers.Pipe;
}
