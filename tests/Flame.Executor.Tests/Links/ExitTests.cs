using Flame.Backends;
using Flame.Links;
using Flame.Wire;

namespace Flame.Executor.Tests.Links;

/// <summary>What becomes of calls when the platform says that an executor has ended.</summary>
public sealed class ExitTests
{
    [Fact]
    public async Task Exit_that_another_boot_cannot_help_refuses_what_waits_at_once()
    {
        await using var pool = Start();
        var calls = new[] { WireWork.EchoAsync([1]), WireWork.EchoAsync([2]) };
        (await pool.Backend.NextAsync()).Exit(new BackendExit("cannot start: there is no image 'app:7'", Permanent: true));

        // Time stands still.
        foreach (var call in calls)
        {
            var error = await Assert.ThrowsAsync<BootFailedException>(() => call.Patiently());
            Assert.Contains("scripted executor cannot start: there is no image 'app:7'", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Exit_that_may_pass_is_followed_by_another_boot()
    {
        await using var pool = Start();
        var call = WireWork.EchoAsync([1]);
        (await pool.Backend.NextAsync()).Exit(new BackendExit("was evicted"));
        await Patience.UntilAsync(() => pool.Stats.BootFailuresInARow == 1);
        Assert.False(call.IsCompleted);

        pool.Time.Advance(TimeSpan.FromSeconds(1));
        await using var wire = await (await pool.Backend.NextAsync()).ConnectAsync();
        await AnswerAsync(wire);
        await call.Patiently();
    }

    [Fact]
    public async Task Link_that_stays_open_is_given_up_a_second_after_the_exit_with_the_platforms_words()
    {
        await using var pool = Start();
        var call = WireWork.EchoAsync([1]);
        var executor = await pool.Backend.NextAsync();
        await using var wire = await executor.ConnectAsync();
        await wire.NextAsync(FrameKind.Call);

        var exited = pool.Time.GetUtcNow();
        executor.Exit("was killed: out of memory (OOMKilled)");
        while (!call.IsCompleted)
        {
            // The second begins when the pool hears of it.
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            pool.Time.Advance(TimeSpan.FromMilliseconds(100));
            for (var turn = 0; turn < 10; turn++) await Task.Yield();
        }

        var error = await Assert.ThrowsAsync<ExecutorLostException>(() => call);
        Assert.Equal("its platform says that it is gone; scripted executor was killed: out of memory (OOMKilled)", error.Reason);
        Assert.True(error.MayHaveRun);
        Assert.True(pool.Time.GetUtcNow() - exited >= TimeSpan.FromSeconds(1), "the link was given up at once");
        Assert.Null(await wire.ReadAsync());
    }

    [Fact]
    public async Task What_a_link_still_carries_after_the_exit_arrives()
    {
        await using var pool = Start();
        var call = WireWork.EchoAsync([1]);
        var executor = await pool.Backend.NextAsync();
        await using var wire = await executor.ConnectAsync();
        var sent = await wire.NextAsync(FrameKind.Call);
        executor.Exit("exited with code 0");
        await wire.SendAsync(FrameKind.Result, sent.Call, WireEnd.Begin(4, [0, 0, 0, 0]));
        Assert.Empty(await call.Patiently());
    }

    [Fact]
    public async Task Exit_explains_a_link_that_broke_before()
    {
        await using var pool = Start();
        var call = WireWork.EchoAsync([1]);
        var executor = await pool.Backend.NextAsync();
        await using (var wire = await executor.ConnectAsync()) await wire.NextAsync(FrameKind.Call);
        executor.Exit(new BackendExit("exited with code 3; last output: bye") { WhenAsked = "exited with code 3" });

        var error = await Assert.ThrowsAsync<ExecutorLostException>(() => call.Patiently());
        Assert.Equal("scripted executor exited with code 3; last output: bye", error.Reason);
    }

    [Theory]
    [InlineData(true, "exited with code 0")]
    [InlineData(false, "exited with code 0; last output: bye")]
    public async Task Planned_end_is_told_as_the_platform_tells_one(bool isPlanned, string words)
    {
        await using var pool = Start();
        var call = WireWork.EchoAsync([1]);
        var executor = await pool.Backend.NextAsync();
        await using (var wire = await executor.ConnectAsync())
        {
            await AnswerAsync(wire);
            await call.Patiently();
            if (isPlanned)
            {
                await wire.SendAsync(FrameKind.Drain, body: new BodyWriter().Text("it received SIGTERM").Span.ToArray());
                await wire.NextAsync(FrameKind.Drain);
            }

            executor.Exit(new BackendExit("exited with code 0; last output: bye") { WhenAsked = "exited with code 0" });
        }

        await Patience.UntilAsync(() => pool.Log.Has("FLM3006 "));
        Assert.Contains($"FLM3006 test/1 is gone: scripted executor {words}", pool.Log.Lines);
    }

    [Fact]
    public void Exit_says_the_same_when_asked_unless_told_otherwise() => Assert.Equal("ended", new BackendExit("ended").WhenAsked);

    // The heart beats too seldom to say anything.
    private static ScriptedPool Start() => ScriptedPool.Start(new PipeCarrier(), more: flame => flame.Heartbeat = TimeSpan.FromHours(1));

    private static async Task AnswerAsync(WireEnd wire)
    {
        var sent = await wire.NextAsync(FrameKind.Call);
        await wire.SendAsync(FrameKind.Result, sent.Call, WireEnd.Begin(4, [0, 0, 0, 0]));
    }
}
