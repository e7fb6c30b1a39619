using Flame.Executor.Tests.InProcess;
using Flame.Links;
using Flame.Wire;

namespace Flame.Executor.Tests.Links;

/// <summary>Cancelling, deadlines, draining and silence, seen from the wire.</summary>
public abstract class LifeTests
{
    private protected abstract LinkCarrier Carrier { get; }

    [Fact]
    public async Task Cancelled_call_ends_at_once_and_its_slot_with_the_terminal_frame()
    {
        await using var pool = ScriptedPool.Start(Carrier);
        using var cancel = new CancellationTokenSource();
        var call = WireWork.HoldAsync(0, 0, [], cancel.Token);
        await using var wire = await (await pool.Backend.NextAsync()).ConnectAsync();
        var sent = await wire.NextAsync(FrameKind.Call);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.Patiently());
        Assert.Equal(sent.Call, (await wire.NextAsync(FrameKind.Cancel)).Call);
        Assert.Equal(1, pool.Stats.Running);
        await wire.SendAsync(FrameKind.Failure, sent.Call, new FailureBody(FailureCode.Cancelled, "", "", "").Encode().ToArray());
        await Patience.UntilAsync(() => pool.Stats.Running == 0);
    }

    [Fact]
    public async Task Cancelled_call_sends_no_more_of_its_arguments()
    {
        await using var pool = ScriptedPool.Start(Carrier);
        using var cancel = new CancellationTokenSource();
        var call = WireWork.HoldAsync(0, 0, new byte[4 * 1024 * 1024], cancel.Token);
        await using var wire = await (await pool.Backend.NextAsync()).ConnectAsync();
        var sent = await wire.NextAsync(FrameKind.Call);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.Patiently());
        var owed = Outgoing.Cost(sent.PieceLength);
        for (var piece = (await wire.ReadAsync())!; piece.Kind == FrameKind.Call; piece = (await wire.ReadAsync())!) owed += Outgoing.Cost(piece.PieceLength);
        await wire.CreditAsync(sent.Call, owed);
        await wire.SendAsync(FrameKind.Failure, sent.Call, new FailureBody(FailureCode.Cancelled, "", "", "").Encode().ToArray());
        await Patience.UntilAsync(() => pool.Stats.Running == 0);
        var next = WireWork.EchoAsync([1]);
        Frame frame;
        do
        {
            // A call that is cancelled on its very way is cancelled by both who notice.
            frame = (await wire.ReadAsync())!;
        }
        while (frame.Kind == FrameKind.Cancel);
        Assert.Equal((FrameKind.Call, false), (frame.Kind, frame.Continues));
        await wire.SendAsync(FrameKind.Result, frame.Call, WireEnd.Begin(4, [0, 0, 0, 0]));
        Assert.Empty(await next.Patiently());
    }

    [Fact]
    public async Task Call_that_is_cancelled_while_its_arguments_arrive_is_answered_once_and_never_runs()
    {
        await using var parent = await ScriptedParent.StartAsync(Carrier);
        var gate = WireWork.NewGate();
        var arguments = WireWork.HoldArguments(gate, 0, 100_000);
        await parent.CallAsync(1, "HoldAsync", arguments);
        await parent.Wire.SendAsync(FrameKind.Cancel, 1);
        await parent.ContinueAsync(1, arguments[32_768..65_536]);
        await parent.ContinueAsync(1, arguments[65_536..]);
        await parent.Wire.SendAsync(FrameKind.Cancel, 1);
        await parent.CallAsync(2, "EchoAsync", [1, 0, 0, 0, 5]);
        var answer = (await parent.Wire.ReadAsync())!;
        Assert.Equal((FrameKind.Failure, 1UL, FailureCode.Cancelled), (answer.Kind, answer.Call, ScriptedParent.CodeOf(answer)));
        Assert.Equal(2UL, (await parent.Wire.ReadAsync())!.Call);
        Assert.False(WireWork.GateOf(gate).HasEntered);
    }

    [Fact]
    public async Task Budget_runs_while_arguments_arrive()
    {
        await using var parent = await ScriptedParent.StartAsync(Carrier);
        var gate = WireWork.NewGate();
        var arguments = WireWork.HoldArguments(gate, 0, 40_000);
        await parent.CallAsync(1, "HoldAsync", arguments, limit: 1000);
        await parent.Wire.SendAsync(FrameKind.Ping);
        await parent.Wire.NextAsync(FrameKind.Ping);
        parent.Time.Advance(TimeSpan.FromMilliseconds(600));
        await parent.ContinueAsync(1, arguments[32_768..]);
        await WireWork.GateOf(gate).Entered.Patiently();
        parent.Time.Advance(TimeSpan.FromMilliseconds(399));
        Assert.False(WireWork.GateOf(gate).Cancelled);
        parent.Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(FailureCode.TimedOut, ScriptedParent.CodeOf(await parent.Wire.NextAsync(FrameKind.Failure)));
    }

    [Fact]
    public async Task Method_that_ignores_its_token_is_answered_for_and_its_executor_goes()
    {
        await using var pool = InProcessPool.Start(o => (o.CancelGrace, o.MaxConcurrency, o.Max) = (TimeSpan.FromSeconds(3), 2, 2), Carrier);
        var (stubborn, other) = (WireWork.NewGate(), WireWork.NewGate());
        using var cancel = new CancellationTokenSource();
        var call = WireWork.IgnoreAsync(stubborn, cancel.Token);
        await WireWork.GateOf(stubborn).Entered.Patiently();
        var beside = WireWork.HoldAsync(other, 1, [], CancellationToken.None);
        await WireWork.GateOf(other).Entered.Patiently();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.Patiently());
        Assert.Equal(2, pool.Stats.Running);

        await WireWork.GateOf(stubborn).Told.Patiently();
        pool.Time.Advance(TimeSpan.FromSeconds(3));
        await Patience.UntilAsync(() => pool.Stats.Draining == 1);
        WireWork.GateOf(other).Open();
        Assert.Single(await beside.Patiently());
        await Patience.UntilAsync(() => pool.Stats.Count == 0);
        WireWork.GateOf(stubborn).Open();
    }

    [Fact]
    public async Task Executor_that_goes_ends_its_calls_and_new_ones_go_elsewhere()
    {
        await using var pool = InProcessPool.Start(o => o.Max = 2, Carrier);
        var gate = WireWork.NewGate();
        var running = WireWork.HoldAsync(gate, 1, [], CancellationToken.None);
        await WireWork.GateOf(gate).Entered.Patiently();
        Assert.True(pool.Backend.Drain("test/1"));
        await Patience.UntilAsync(() => pool.Stats.Draining == 1);
        Assert.Equal([7], await WireWork.EchoAsync([7]).Patiently());
        Assert.Equal(["test/1", "test/2"], pool.Backend.Alive);
        WireWork.GateOf(gate).Open();
        Assert.Single(await running.Patiently());
        await Patience.UntilAsync(() => pool.Backend.Alive is ["test/2"]);
    }

    [Fact]
    public async Task Call_that_crosses_a_drain_is_never_lost()
    {
        await using var pool = InProcessPool.Start(o => (o.Max, o.MaxConcurrency) = (2, 4), Carrier);
        for (var round = 0; round < 30; round++)
        {
            var calls = Enumerable.Range(0, 12).Select(i => Task.Run(() => WireWork.EchoAsync(new byte[i % 3 == 0 ? 60_000 : 10]))).ToArray();
            foreach (var executor in pool.Stats.Executors.Where(e => e.Running > 0)) pool.Backend.Drain(executor.Name);
            await Task.WhenAll(calls).Patiently();
        }
    }

    [Fact]
    public async Task Drain_of_an_executor_is_answered_and_a_call_that_crossed_it_is_placed_again()
    {
        await using var pool = ScriptedPool.Start(Carrier, o => o.Max = 2);
        var call = WireWork.EchoAsync([1]);
        await using var wire = await (await pool.Backend.NextAsync()).ConnectAsync();
        var sent = await wire.NextAsync(FrameKind.Call);
        await wire.SendAsync(FrameKind.Drain, body: new BodyWriter().Text("it received SIGTERM").Span.ToArray());
        await wire.SendAsync(FrameKind.Failure, sent.Call, new FailureBody(FailureCode.NotStarted, "", "it is draining", "").Encode().ToArray());
        Assert.Equal(FrameKind.Drain, (await wire.ReadAsync())!.Kind);
        await using var second = await (await pool.Backend.NextAsync()).ConnectAsync();
        var again = await second.NextAsync(FrameKind.Call);
        await second.SendAsync(FrameKind.Result, again.Call, WireEnd.Begin(5, [1, 0, 0, 0, 9]));
        Assert.Equal([9], await call.Patiently());
        Assert.True(pool.Log.Has("it received SIGTERM"));
    }

    [Fact]
    public async Task Executor_waits_for_the_parents_answer_to_its_drain_and_refuses_until_then()
    {
        await using var parent = await ScriptedParent.StartAsync(Carrier);
        await parent.CallAsync(7, "HoldAsync", WireWork.HoldArguments(WireWork.NewGate(), 0, 100_000));
        await parent.Wire.SendAsync(FrameKind.Ping);
        await parent.Wire.NextAsync(FrameKind.Ping);
        parent.Host.Drain("it received SIGTERM");
        var refused = (await parent.Wire.ReadAsync())!;
        Assert.Equal((7UL, FailureCode.NotStarted), (refused.Call, ScriptedParent.CodeOf(refused)));
        Assert.Equal("it received SIGTERM", new BodyReader((await parent.Wire.NextAsync(FrameKind.Drain)).Body).Text());
        await parent.CallAsync(8, "EchoAsync", [1, 0, 0, 0, 5]);
        refused = await parent.Wire.NextAsync(FrameKind.Failure);
        Assert.Equal((8UL, FailureCode.NotStarted), (refused.Call, ScriptedParent.CodeOf(refused)));
        Assert.False(parent.Ended.IsCompleted);
        await parent.Wire.SendAsync(FrameKind.Drain);
        Assert.Equal(LinkEnd.Drained, await parent.Ended.Patiently());
    }

    [Fact]
    public async Task Call_whose_arguments_arrive_when_the_parent_drains_still_runs()
    {
        await using var parent = await ScriptedParent.StartAsync(Carrier);
        var gate = WireWork.NewGate();
        WireWork.GateOf(gate).Open();
        var arguments = WireWork.HoldArguments(gate, 0, 40_000);
        await parent.CallAsync(1, "HoldAsync", arguments);
        await parent.Wire.SendAsync(FrameKind.Drain);
        await parent.Wire.SendAsync(FrameKind.Ping);
        await parent.Wire.NextAsync(FrameKind.Ping);
        Assert.False(parent.Ended.IsCompleted);
        await parent.ContinueAsync(1, arguments[32_768..]);
        Assert.Equal(1UL, (await parent.Wire.NextAsync(FrameKind.Result)).Call);
        Assert.Equal(LinkEnd.Drained, await parent.Ended.Patiently());
    }

    [Fact]
    public async Task Executor_that_answers_no_ping_is_lost()
    {
        await using var pool = ScriptedPool.Start(Carrier);
        var call = WireWork.EchoAsync([1]);
        await using var wire = await (await pool.Backend.NextAsync()).ConnectAsync();
        await wire.NextAsync(FrameKind.Call);
        for (var beat = 0; beat < Heartbeat.Allowed; beat++)
        {
            pool.Time.Advance(TimeSpan.FromSeconds(5));
            await wire.NextAsync(FrameKind.Ping);
        }

        Assert.False(call.IsCompleted);
        pool.Time.Advance(TimeSpan.FromSeconds(5));
        var error = await Assert.ThrowsAsync<ExecutorLostException>(() => call.Patiently());
        Assert.Contains("nothing was heard from it", error.Reason, StringComparison.Ordinal);
        await wire.ClosedAsync().Patiently();
    }

    [Fact]
    public async Task Executor_that_answers_pings_stays_however_long_its_call_takes()
    {
        await using var pool = ScriptedPool.Start(Carrier);
        var call = WireWork.EchoAsync([1]);
        await using var wire = await (await pool.Backend.NextAsync()).ConnectAsync();
        var sent = await wire.NextAsync(FrameKind.Call);
        for (var beat = 0; beat < 20; beat++)
        {
            pool.Time.Advance(TimeSpan.FromSeconds(5));
            await wire.NextAsync(FrameKind.Ping);
            await wire.SendAsync(FrameKind.Ping, flags: FrameFlags.Reply);

            // What is behind the answer has been seen, so the answer has.
            await wire.SendAsync(FrameKind.Log, body: new LogBody(2, 0, 0, "", $"beat {beat}.", "").Encode().ToArray());
            await Patience.UntilAsync(() => pool.Log.Has($"beat {beat}."));
        }

        await wire.SendAsync(FrameKind.Result, sent.Call, WireEnd.Begin(5, [1, 0, 0, 0, 9]));
        Assert.Equal([9], await call.Patiently());
    }

    [Fact]
    public async Task Executor_whose_parent_is_silent_ends_and_stops_what_runs()
    {
        await using var parent = await ScriptedParent.StartAsync(Carrier);
        var gate = WireWork.NewGate();
        await parent.CallAsync(1, "HoldAsync", WireWork.HoldArguments(gate));
        await WireWork.GateOf(gate).Entered.Patiently();
        while (!parent.Ended.IsCompleted)
        {
            parent.Time.Advance(TimeSpan.FromSeconds(5));
            await Task.Yield();
        }

        Assert.Equal(LinkEnd.ParentGone, await parent.Ended);
        Assert.Contains("nothing was heard from the parent", parent.Host.GoneBecause, StringComparison.Ordinal);
        await parent.Host.EndCallsAsync(TimeSpan.FromSeconds(5)).Patiently();
        Assert.True(WireWork.GateOf(gate).Cancelled);
    }

    [Theory]
    [InlineData(-1, 30)]
    [InlineData(10_000, 10)]
    public async Task Detached_call_has_its_own_limit_when_the_parent_is_gone_and_others_stop_at_once(int limit, int seconds)
    {
        await using var parent = await ScriptedParent.StartAsync(Carrier);
        var (bound, detached) = (WireWork.NewGate(), WireWork.NewGate());
        await parent.CallAsync(1, "HoldAsync", WireWork.HoldArguments(bound));
        await parent.CallAsync(2, "HoldAsync", WireWork.HoldArguments(detached), limit, flags: FrameFlags.Detached);
        await WireWork.GateOf(bound).Entered.Patiently();
        await WireWork.GateOf(detached).Entered.Patiently();
        await parent.Wire.DisposeAsync();
        Assert.Equal(LinkEnd.ParentGone, await parent.Ended.Patiently());

        Assert.Equal(TimeSpan.FromSeconds(seconds), parent.Host.LetGo());
        await Patience.UntilAsync(() => WireWork.GateOf(bound).Cancelled);
        var idle = parent.Host.IdleAsync(TimeSpan.FromDays(1));
        parent.Time.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromMilliseconds(1));
        Assert.False(WireWork.GateOf(detached).Cancelled);
        if (limit > 0) Assert.Equal(TimeSpan.FromMilliseconds(1), parent.Host.LetGo());
        parent.Time.Advance(TimeSpan.FromMilliseconds(1));
        await idle.Patiently();
        Assert.True(WireWork.GateOf(detached).Cancelled);
    }

    [Fact]
    public async Task Result_that_waits_for_credit_does_not_outlive_the_link()
    {
        await using var parent = await ScriptedParent.StartAsync(Carrier);
        var gate = WireWork.NewGate();
        WireWork.GateOf(gate).Open();
        await parent.CallAsync(1, "HoldAsync", WireWork.HoldArguments(gate, 4 * 1024 * 1024));
        var credit = Outgoing.InitialCredit;
        while (credit > 0) credit -= Outgoing.Cost((await parent.Wire.NextAsync(FrameKind.Result)).PieceLength);
        await parent.Wire.DisposeAsync();
        Assert.Equal(LinkEnd.ParentGone, await parent.Ended.Patiently());

        // No time passes: there is nothing that it would have to wait for.
        await parent.Host.EndCallsAsync(TimeSpan.FromDays(1)).Patiently();
    }
}

public sealed class LifeOverUnixTests : LifeTests
{
    private protected override LinkCarrier Carrier { get; } = Carriers.Unix;
}

public sealed class LifeOverTcpTests : LifeTests
{
    private protected override LinkCarrier Carrier { get; } = Carriers.Tcp;
}

public sealed class LifeOverGrpcTests : LifeTests
{
    private protected override LinkCarrier Carrier { get; } = Carriers.Grpc;
}

public sealed class LifeOverPipeTests : LifeTests
{
    private protected override LinkCarrier Carrier { get; } = Carriers.Pipe;
}
