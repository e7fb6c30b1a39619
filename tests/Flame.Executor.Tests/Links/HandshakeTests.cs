using System.Text;
using Flame.Links;
using Flame.Wire;

namespace Flame.Executor.Tests.Links;

/// <summary>Who comes in through the parent's door, and that nobody else notices who does not.</summary>
public abstract class HandshakeTests
{
    private protected abstract LinkCarrier Carrier { get; }

    [Fact]
    public async Task Right_token_and_build_are_admitted_and_told_the_rules()
    {
        await using var pool = ScriptedPool.Start(Carrier, o => (o.ShutdownTimeout, o.CancelGrace, o.MaxPayloadSize) = (TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(3), 4096));
        var call = WireWork.EchoAsync([1]);
        var executor = await pool.Backend.NextAsync();
        await using var wire = await executor.DialAsync();
        var rules = await ScriptedExecutor.IntroduceAsync(wire, executor.Hello);
        Assert.Equal(new ParentHello(null, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(3), 4096), rules);
        await wire.SendAsync(FrameKind.Hello, flags: FrameFlags.Reply);
        var sent = await wire.NextAsync(FrameKind.Call);
        await wire.SendAsync(FrameKind.Result, sent.Call, WireEnd.Begin(5, [1, 0, 0, 0, 9]));
        Assert.Equal([9], await call.Patiently());
    }

    [Fact]
    public async Task No_call_is_sent_before_the_executor_is_ready()
    {
        await using var pool = ScriptedPool.Start(Carrier);
        var call = WireWork.EchoAsync([1]);
        var executor = await pool.Backend.NextAsync();
        await using var wire = await executor.DialAsync();
        await ScriptedExecutor.IntroduceAsync(wire, executor.Hello);
        Assert.Equal(1, pool.Stats.Booting);
        await wire.SendAsync(FrameKind.Hello, flags: FrameFlags.Reply);
        await AnswerAsync(wire, call);
    }

    [Theory]
    [InlineData("executor", "FLM2102")]
    [InlineData("token", "FLM2103")]
    [InlineData("empty token", "FLM2103")]
    public async Task Wrong_one_is_refused_with_the_reason_and_the_right_one_still_comes_in(string what, string id)
    {
        await using var pool = ScriptedPool.Start(Carrier);
        var call = WireWork.EchoAsync([1]);
        var executor = await pool.Backend.NextAsync();
        await using (var stranger = await executor.DialAsync())
        {
            var answer = await ScriptedExecutor.IntroduceAsync(stranger, what switch
            {
                "executor" => executor.Hello with { Executor = "test/77" },
                "token" => executor.Hello with { Token = FlameParent.NewToken() },
                _ => executor.Hello with { Token = "" },
            });
            Assert.StartsWith(id, answer.Refusal, StringComparison.Ordinal);
            Assert.DoesNotContain(executor.Hello.Token, answer.Refusal, StringComparison.Ordinal);
            await stranger.ClosedAsync();
        }

        Assert.True(pool.Log.Has(id));
        Assert.False(pool.Log.Has(executor.Hello.Token));
        await using var wire = await executor.ConnectAsync();
        await AnswerAsync(wire, call);
    }

    [Fact]
    public async Task Token_admits_once()
    {
        await using var pool = ScriptedPool.Start(Carrier);
        var call = WireWork.EchoAsync([1]);
        var executor = await pool.Backend.NextAsync();
        await using var wire = await executor.DialAsync();
        Assert.Null((await ScriptedExecutor.IntroduceAsync(wire, executor.Hello)).Refusal);
        await using var second = await executor.DialAsync();
        Assert.StartsWith("FLM2102", (await ScriptedExecutor.IntroduceAsync(second, executor.Hello)).Refusal, StringComparison.Ordinal);
        await second.ClosedAsync();
        await wire.SendAsync(FrameKind.Hello, flags: FrameFlags.Reply);
        await AnswerAsync(wire, call);
    }

    [Fact]
    public async Task Token_of_a_boot_that_was_given_up_is_refused()
    {
        await using var pool = ScriptedPool.Start(Carrier, o => o.BootTimeout = TimeSpan.FromSeconds(3));
        var call = WireWork.EchoAsync([1]);
        var executor = await pool.Backend.NextAsync();
        await GiveUpAsync(pool);

        await using (var late = await executor.DialAsync())
        {
            Assert.StartsWith("FLM2102", (await ScriptedExecutor.IntroduceAsync(late, executor.Hello)).Refusal, StringComparison.Ordinal);
            await late.ClosedAsync().Patiently();
        }

        await Assert.ThrowsAsync<BootFailedException>(() => call.Patiently());
    }

    [Fact]
    public async Task Executor_that_was_admitted_is_shut_out_when_its_boot_is_given_up()
    {
        await using var pool = ScriptedPool.Start(Carrier, o => o.BootTimeout = TimeSpan.FromSeconds(3));
        var call = WireWork.EchoAsync([1]);
        var executor = await pool.Backend.NextAsync();
        await using var wire = await executor.DialAsync();
        Assert.Null((await ScriptedExecutor.IntroduceAsync(wire, executor.Hello)).Refusal);
        await GiveUpAsync(pool);

        await wire.ClosedAsync().Patiently();
        await Assert.ThrowsAsync<BootFailedException>(() => call.Patiently());
    }

    [Fact]
    public async Task Other_build_is_refused_with_both_ids_and_what_differs_and_fails_the_call_with_these_words()
    {
        await using var pool = ScriptedPool.Start(Carrier);
        var call = WireWork.EchoAsync([1]);
        var executor = await pool.Backend.NextAsync();
        await using var wire = await executor.DialAsync();
        var answer = await ScriptedExecutor.IntroduceAsync(wire, executor.Hello with { BuildId = "0123456789abcdef", Assemblies = ["Old.App 17"] });
        Assert.StartsWith("FLM2104", answer.Refusal, StringComparison.Ordinal);
        foreach (var part in (string[])["0123456789abcdef", BuildId.Current.Hash, "Old.App 17"]) Assert.Contains(part, answer.Refusal, StringComparison.Ordinal);
        executor.Exit("exited with code 71");
        var error = await Assert.ThrowsAsync<BootFailedException>(() => call.Patiently());
        Assert.Contains("FLM2104", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Second_hello_on_an_admitted_link_loses_it()
    {
        await using var pool = ScriptedPool.Start(Carrier);
        var call = WireWork.EchoAsync([1]);
        var executor = await pool.Backend.NextAsync();
        await using var wire = await executor.ConnectAsync();
        await wire.NextAsync(FrameKind.Call);
        await wire.SendAsync(FrameKind.Hello, body: executor.Hello.Encode().ToArray());
        var error = await Assert.ThrowsAsync<ExecutorLostException>(() => call.Patiently());
        Assert.Contains("introduced itself twice", error.Reason, StringComparison.Ordinal);
        await wire.ClosedAsync();
    }

    // Shorter than a heartbeat, so that it is not its silence that ends a link.
    private static async Task GiveUpAsync(ScriptedPool pool)
    {
        pool.Time.Advance(TimeSpan.FromSeconds(3));
        await Patience.UntilAsync(() => pool.Log.Has("FLM3003 test/1 did not boot"));
    }

    public static TheoryData<string> Garbage => ["http", "zeros", "ones", "random", "call", "huge", "text", "version", "count"];

    [Theory]
    [MemberData(nameof(Garbage))]
    public async Task Garbage_before_hello_is_shut_out_and_disturbs_nobody(string kind)
    {
        await using var pool = ScriptedPool.Start(Carrier);
        var call = WireWork.EchoAsync([1]);
        var executor = await pool.Backend.NextAsync();
        await using (var stranger = await executor.DialAsync())
        {
            await stranger.SendBytesAsync(BytesOf(kind, executor.Hello));
            await stranger.ClosedAsync().Patiently();
        }

        await Patience.UntilAsync(() => pool.Log.Has("FLM3010") || pool.Log.Lines.Any(l => l.Contains("refused", StringComparison.OrdinalIgnoreCase)));
        await using var wire = await executor.ConnectAsync();
        await AnswerAsync(wire, call);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(30)]
    public async Task Silence_before_hello_is_borne_for_ten_seconds(int bytes)
    {
        await using var pool = ScriptedPool.Start(Carrier);
        var call = WireWork.EchoAsync([1]);
        var executor = await pool.Backend.NextAsync();
        await using var silent = await executor.DialAsync();
        await silent.SendBytesAsync(WireEnd.Bytes(FrameKind.Hello, body: executor.Hello.Encode().ToArray())[..bytes]);
        var closed = silent.ClosedAsync();

        // The clock of the door begins when the connection is taken in, and that is announced by nothing.
        while (!closed.IsCompleted)
        {
            pool.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await closed.Patiently();
        await Patience.UntilAsync(() => pool.Log.Has("did not introduce itself in time"));
        Assert.False(call.IsFaulted && pool.Stats.Ready > 0);
    }

    [Fact]
    public async Task Parent_that_ends_closes_connections_that_have_not_said_hello()
    {
        await using var pool = ScriptedPool.Start(Carrier);
        var call = WireWork.EchoAsync([1]);
        var executor = await pool.Backend.NextAsync();
        await using var silent = await executor.DialAsync();
        await silent.SendBytesAsync([42]);

        // No time passes: it is not the patience with them that runs out.
        await pool.Pools.DisposeAsync().AsTask().Patiently();
        await silent.ClosedAsync().Patiently();
        await Assert.ThrowsAsync<PoolDrainingException>(() => call.Patiently());
    }

    [Theory]
    [InlineData("refusal")]
    [InlineData("ping")]
    [InlineData("cut")]
    [InlineData("rules")]
    [InlineData("garbage")]
    public async Task Executor_that_is_not_answered_as_it_should_be_says_so(string answer)
    {
        await using var listener = await Carrier.ListenAsync(CancellationToken.None);
        var accepted = listener.AcceptAsync(CancellationToken.None).AsTask();
        await using var stream = await Carrier.DialAsync(listener.Endpoint, listener.CertificatePin, CancellationToken.None).Patiently();
        await using var parent = new WireEnd(await accepted.Patiently());
        var introduced = Introduction.ExchangeAsync(stream, new FrameReader(stream), new ExecutorHello("test/1", "t", "b", 1, []), readyAtOnce: true, CancellationToken.None);
        await parent.NextAsync(FrameKind.Hello);
        if (answer == "refusal")
        {
            await parent.SendAsync(FrameKind.Hello, body: new ParentHello("FLM2103: no", default, default, default, 0).Encode().ToArray());
            Assert.Equal("FLM2103: no", (await introduced.Patiently()).Refusal);
            return;
        }

        if (answer == "cut") await parent.DisposeAsync();
        else if (answer == "garbage") await parent.SendBytesAsync(Encoding.ASCII.GetBytes("HTTP/1.1 400 Bad Request\r\n\r\n"));
        else if (answer == "rules") await parent.SendAsync(FrameKind.Hello, body: (ScriptedParent.Rules with { Heartbeat = TimeSpan.FromDays(9999) }).Encode().ToArray());
        else await parent.SendAsync(FrameKind.Ping);
        await Assert.ThrowsAnyAsync<IOException>(() => introduced.Patiently());
    }

    private static byte[] BytesOf(string kind, ExecutorHello hello)
    {
        var random = new byte[4096];
        new Random(7).NextBytes(random);
        var body = hello.Encode().ToArray();
        return kind switch
        {
            "http" => Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"),
            "zeros" => new byte[64],
            "ones" => [.. Enumerable.Repeat((byte)0xff, 64)],
            "random" => random,
            "call" => WireEnd.Bytes(FrameKind.Call, 1, new byte[20]),
            "huge" => [0, 0, 0, 0x7f, (byte)FrameKind.Hello, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
            "text" => WireEnd.Bytes(FrameKind.Hello, body: [1, 0, 0, 0, 0xff, 0xff, 0xff, 0x7f, 1, 2, 3]),
            "version" => WireEnd.Bytes(FrameKind.Hello, body: [2, .. body[1..]]),
            _ => WireEnd.Bytes(FrameKind.Hello, body: [.. (hello with { Assemblies = [] }).Encode()[..^4], 0xff, 0xff, 0xff, 0xff]),
        };
    }

    private static async Task AnswerAsync(WireEnd wire, Task<byte[]> call)
    {
        var sent = await wire.NextAsync(FrameKind.Call);
        await wire.SendAsync(FrameKind.Result, sent.Call, WireEnd.Begin(5, [1, 0, 0, 0, 9]));
        Assert.Equal([9], await call.Patiently());
    }
}

public sealed class HandshakeOverUnixTests : HandshakeTests
{
    private protected override LinkCarrier Carrier { get; } = Carriers.Unix;
}

public sealed class HandshakeOverTcpTests : HandshakeTests
{
    private protected override LinkCarrier Carrier { get; } = Carriers.Tcp;
}

public sealed class HandshakeOverGrpcTests : HandshakeTests
{
    private protected override LinkCarrier Carrier { get; } = Carriers.Grpc;
}

public sealed class HandshakeOverPipeTests : HandshakeTests
{
    private protected override LinkCarrier Carrier { get; } = Carriers.Pipe;
}
