using System.Net;
using System.Net.Sockets;
using Flame.Links;
using Flame.Wire;

namespace Flame.Executor.Tests.Links;

/// <summary>What a stranger tries at the parent's door: to use a token that is not its own, to hold a place, to be many.</summary>
public abstract class StrangerTests
{
    private const int Many = 500;

    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    private protected abstract LinkCarrier Carrier { get; }

    [Fact]
    public async Task Handshake_that_was_recorded_is_worth_nothing_while_the_executor_lives_and_when_it_is_gone()
    {
        await using var pool = ScriptedPool.Start(Carrier);
        var call = WireWork.EchoAsync([1]);
        var executor = await pool.Backend.NextAsync();
        byte[] recorded = [.. WireEnd.Bytes(FrameKind.Hello, body: executor.Hello.Encode().ToArray()), .. WireEnd.Bytes(FrameKind.Hello, flags: FrameFlags.Reply)];
        await using (var wire = await executor.DialAsync())
        {
            await wire.SendBytesAsync(recorded);
            Assert.Null(ParentHello.Decode((await wire.NextAsync(FrameKind.Hello)).Body).Refusal);
            await AnswerAsync(wire, call);
            await RefusedAsync(executor, recorded, "FLM2102");
        }

        await Patience.UntilAsync(() => pool.Stats.Ready == 0);
        await RefusedAsync(executor, recorded, "FLM2102");
    }

    [Fact]
    public async Task Token_of_one_executor_does_not_let_in_another_and_both_still_come_in()
    {
        await using var pool = ScriptedPool.Start(Carrier, o => (o.Max, o.MaxConcurrency) = (2, 1));
        var calls = (First: WireWork.EchoAsync([1]), Second: WireWork.EchoAsync([2]));
        var (first, second) = (await pool.Backend.NextAsync(), await pool.Backend.NextAsync());

        await RefusedAsync(first, Bytes(first.Hello with { Token = second.Hello.Token }), "FLM2103");
        await RefusedAsync(second, Bytes(second.Hello with { Token = first.Hello.Token }), "FLM2103");

        await using var one = await first.ConnectAsync();
        await using var other = await second.ConnectAsync();

        // Neither is answered before each has its call: one that is free again would take the other's too.
        var (toOne, toOther) = (await one.NextAsync(FrameKind.Call), await other.NextAsync(FrameKind.Call));
        await EchoAsync(one, toOne.Call);
        await EchoAsync(other, toOther.Call);
        Assert.Equal([[9], [9]], await Task.WhenAll(calls.First, calls.Second).Patiently());
    }

    [Fact]
    public async Task Token_admits_nobody_once_its_boot_was_given_up()
    {
        await using var pool = ScriptedPool.Start(Carrier, o => o.BootTimeout = TimeSpan.FromSeconds(5));
        var call = WireWork.EchoAsync([1]);
        var executor = await pool.Backend.NextAsync();

        // It is stopped behind the moment in which its token is forgotten.
        while (!executor.Exited.IsCompleted)
        {
            pool.Time.Advance(s_second);
            await Task.Yield();
        }

        await RefusedAsync(executor, Bytes(executor.Hello), "FLM2102");
        await Assert.ThrowsAsync<BootFailedException>(() => AdvanceUntilAsync(pool, call));
    }

    [Fact]
    public async Task Thief_who_came_first_is_out_again_when_the_one_whose_token_it_was_has_ended()
    {
        await using var pool = ScriptedPool.Start(Carrier);
        var call = WireWork.EchoAsync([1]);
        var executor = await pool.Backend.NextAsync();
        await using var thief = await executor.ConnectAsync();
        await AnswerAsync(thief, call);
        await RefusedAsync(executor, Bytes(executor.Hello), "FLM2102");
        var stolen = WireWork.EchoAsync([2]);
        await thief.NextAsync(FrameKind.Call);

        executor.Exit("exited with code 71");

        var lost = await Assert.ThrowsAsync<ExecutorLostException>(() => AdvanceUntilAsync(pool, stolen));
        Assert.Contains("exited with code 71", lost.Reason, StringComparison.Ordinal);
        await thief.ClosedAsync().Patiently();
    }

    [Fact]
    public async Task Other_build_that_has_much_to_tell_is_told_in_one_line_that_ends()
    {
        await using var pool = ScriptedPool.Start(Carrier);
        var call = WireWork.EchoAsync([1]);
        var executor = await pool.Backend.NextAsync();
        var novel = Enumerable.Range(0, 4000).Select(i => $"Chapter{i}\nFLM3002 test/1 is ready").ToArray();
        await using var wire = await executor.DialAsync();

        var answer = await ScriptedExecutor.IntroduceAsync(wire, executor.Hello with { BuildId = "b\r\n" + new string('x', 10_000), Assemblies = novel });

        Assert.StartsWith("FLM2104", answer.Refusal, StringComparison.Ordinal);
        var line = Assert.Single(pool.Log.Lines, line => line.Contains("FLM2104", StringComparison.Ordinal));
        Assert.DoesNotContain('\n', line);
        Assert.Contains("and 3950 more", line, StringComparison.Ordinal);
        executor.Exit("exited with code 71");
        var error = await Assert.ThrowsAsync<BootFailedException>(() => call.Patiently());
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public async Task Hello_that_comes_byte_after_byte_has_no_more_time_than_one_that_does_not_come()
    {
        await using var pool = ScriptedPool.Start(Carrier);
        var call = WireWork.EchoAsync([1]);
        var executor = await pool.Backend.NextAsync();
        var door = pool.Pools["test"].Surroundings.Links;
        await using var slow = await executor.DialAsync();
        await Patience.UntilAsync(() => door.Waiting == 1);
        foreach (var part in Bytes(executor.Hello)[..9])
        {
            await slow.SendBytesAsync([part]);
            pool.Time.Advance(s_second);
        }

        Assert.Equal(1, door.Waiting);
        pool.Time.Advance(s_second);

        await slow.ClosedAsync().Patiently();
        await Patience.UntilAsync(() => door.Waiting == 0 && pool.Log.Has("did not introduce itself in time"));
        await using var wire = await executor.ConnectAsync();
        await AnswerAsync(wire, call);
    }

    [Fact]
    public async Task Hello_that_is_larger_than_a_frame_may_be_is_refused_before_it_has_come()
    {
        await using var pool = ScriptedPool.Start(Carrier);
        var call = WireWork.EchoAsync([1]);
        var executor = await pool.Backend.NextAsync();
        await using (var stranger = await executor.DialAsync())
        {
            await stranger.SendBytesAsync([.. BitConverter.GetBytes(FrameHeader.MaxBody + 1), (byte)FrameKind.Hello, .. new byte[11]]);
            await stranger.ClosedAsync().Patiently();
        }

        await using var wire = await executor.ConnectAsync();
        await AnswerAsync(wire, call);
    }

    [Fact]
    public async Task Flood_of_wrong_tokens_is_two_lines_of_the_log()
    {
        await using var pool = ScriptedPool.Start(Carrier);
        var call = WireWork.EchoAsync([1]);
        var executor = await pool.Backend.NextAsync();
        for (var i = 0; i < 12; i++) await RefusedAsync(executor, Bytes(executor.Hello with { Token = FlameParent.NewToken() }), "FLM2103");

        Assert.Equal(1, pool.Log.Lines.Count(line => line.Contains("FLM3010", StringComparison.Ordinal)));
        await using var wire = await executor.ConnectAsync();
        await AnswerAsync(wire, call);
        pool.Time.Advance(TimeSpan.FromMinutes(1));

        var sum = Assert.Single(pool.Log.Lines, line => line.Contains("FLM3015", StringComparison.Ordinal));
        Assert.Contains("11 with a wrong token", sum, StringComparison.Ordinal);
        Assert.False(pool.Log.Has(executor.Hello.Token));
    }

    [Fact]
    public async Task Five_hundred_strangers_who_say_nothing_keep_no_executor_out()
    {
        await using var pool = ScriptedPool.Start(Carrier);
        var call = WireWork.EchoAsync([1]);
        var executor = await pool.Backend.NextAsync();
        var strangers = new List<Socket>();
        try
        {
            for (var i = 0; i < Many; i++) strangers.Add(await ConnectAsync(executor.Endpoint));
            await using var wire = await executor.ConnectAsync();
            await AnswerAsync(wire, call);

            // No time has passed: whoever came first has made way, and not run out of it.
            foreach (var first in strangers[..(Many - (2 * Newcomers.Strangers))]) await EndsAsync(first);
            Assert.True(pool.Log.Has("when too many others came"));
            Assert.InRange(pool.Log.Lines.Count(line => line.Contains("FLM3010", StringComparison.Ordinal)), 1, 2);

            var second = WireWork.EchoAsync([2]);
            await AnswerAsync(wire, second);
        }
        finally
        {
            foreach (var stranger in strangers) stranger.Dispose();
        }
    }

    private static byte[] Bytes(ExecutorHello hello) => WireEnd.Bytes(FrameKind.Hello, body: hello.Encode().ToArray());

    private static async Task RefusedAsync(ScriptedExecutor executor, byte[] bytes, string id)
    {
        await using var stranger = await executor.DialAsync();
        await stranger.SendBytesAsync(bytes);
        Assert.StartsWith(id, ParentHello.Decode((await stranger.NextAsync(FrameKind.Hello)).Body).Refusal, StringComparison.Ordinal);
        await stranger.ClosedAsync().Patiently();
    }

    private static async Task AnswerAsync(WireEnd wire, Task<byte[]> call)
    {
        await EchoAsync(wire, (await wire.NextAsync(FrameKind.Call)).Call);
        Assert.Equal([9], await call.Patiently());
    }

    private static Task EchoAsync(WireEnd wire, ulong call) => wire.SendAsync(FrameKind.Result, call, WireEnd.Begin(5, [1, 0, 0, 0, 9]));

    private static async Task AdvanceUntilAsync(ScriptedPool pool, Task call)
    {
        while (!call.IsCompleted)
        {
            pool.Time.Advance(s_second);
            await Task.Yield();
        }

        await call.Patiently();
    }

    /// <summary>Comes to the door and says nothing at all.</summary>
    private static async Task<Socket> ConnectAsync(string endpoint)
    {
        EndPoint door = endpoint.StartsWith("unix:", StringComparison.Ordinal)
            ? new UnixDomainSocketEndPoint(endpoint["unix:".Length..])
            : IPEndPoint.Parse(endpoint.StartsWith("tcp:", StringComparison.Ordinal) ? endpoint["tcp:".Length..] : new Uri(endpoint).Authority);
        while (true)
        {
            var socket = new Socket(door.AddressFamily, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(door).Patiently();
                return socket;
            }
            catch (SocketException)
            {
                // The parent's system keeps only so many for it to accept, and says so.
                socket.Dispose();
                await Task.Yield();
            }
        }
    }

    private static async Task EndsAsync(Socket socket)
    {
        try
        {
            Assert.Equal(0, await socket.ReceiveAsync(new byte[1]).Patiently());
        }
        catch (SocketException)
        {
            // A reset is an end too.
        }
    }
}

public sealed class StrangersAtUnixTests : StrangerTests
{
    private protected override LinkCarrier Carrier { get; } = Carriers.Unix;
}

public sealed class StrangersAtTcpTests : StrangerTests
{
    private protected override LinkCarrier Carrier { get; } = Carriers.Tcp;
}

public sealed class StrangersAtGrpcTests : StrangerTests
{
    private protected override LinkCarrier Carrier { get; } = Carriers.Grpc;
}
