using Flame.Links;
using Flame.Wire;

namespace Flame.Executor.Tests.Links;

/// <summary>What an executor logs without measure, seen from the wire.</summary>
public abstract class LinkLogTests
{
    private protected abstract LinkCarrier Carrier { get; }

    [Fact]
    public async Task Log_lines_that_find_no_room_are_counted_and_the_parent_is_told()
    {
        const int Lines = 16_000;
        await using var parent = await ScriptedParent.StartAsync(Carrier);
        for (var line = 0; line < Lines; line++) parent.Host.Log.Add(LogBody.Printed(new string('x', 1024), isError: false));
        await parent.Wire.SendAsync(FrameKind.Ping);

        var (arrived, dropped) = (0, 0);
        for (var frame = (await parent.Wire.ReadAsync())!; frame.Kind != FrameKind.Ping; frame = (await parent.Wire.ReadAsync())!)
        {
            var log = LogBody.Decode(frame.Body);
            if (log.Source == LogBody.OfDropped) dropped += log.EventId;
            else arrived++;
        }

        Assert.InRange(dropped, 1, Lines - 1);
        Assert.Equal(Lines, arrived + dropped);
    }

    [Fact]
    public async Task Flood_of_log_lines_does_not_hold_up_a_large_result()
    {
        const int Size = 200_000;
        await using var parent = await ScriptedParent.StartAsync(Carrier);
        var gate = WireWork.NewGate();
        await parent.CallAsync(1, "HoldAsync", WireWork.HoldArguments(gate, Size));
        await WireWork.GateOf(gate).Entered.Patiently();
        var stop = false;
        var flood = new Thread(() =>
        {
            while (!Volatile.Read(ref stop)) parent.Host.Log.Add(LogBody.Printed(new string('x', 1024), isError: false));
        });
        flood.Start();
        await parent.Wire.NextAsync(FrameKind.Log);
        WireWork.GateOf(gate).Open();
        try
        {
            await ResultAsync().Patiently();
        }
        finally
        {
            Volatile.Write(ref stop, true);
            flood.Join();
        }

        async Task ResultAsync()
        {
            for (var got = 0; got < Size;) got += (await parent.Wire.NextAsync(FrameKind.Result)).PieceLength;
        }
    }
}

public sealed class LinkLogOverUnixTests : LinkLogTests
{
    private protected override LinkCarrier Carrier { get; } = Carriers.Unix;
}

public sealed class LinkLogOverTcpTests : LinkLogTests
{
    private protected override LinkCarrier Carrier { get; } = Carriers.Tcp;
}

public sealed class LinkLogOverGrpcTests : LinkLogTests
{
    private protected override LinkCarrier Carrier { get; } = Carriers.Grpc;
}

public sealed class LinkLogOverPipeTests : LinkLogTests
{
    private protected override LinkCarrier Carrier { get; } = Carriers.Pipe;
}
