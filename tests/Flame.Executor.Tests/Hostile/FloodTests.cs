using Flame.Executor.Tests.Links;
using Flame.Executor.Tests.Live;
using Flame.Wire;

namespace Flame.Executor.Tests.Hostile;

/// <summary>What is sent beyond the credit for it, or never read, fills no memory of the parent.</summary>
public sealed class FloodTests
{
    private static readonly byte[] s_item = WireEnd.Begin(5, [1, 0, 0, 0, 9]);

    [Fact]
    public async Task Items_beyond_their_credit_cut_the_link_and_only_it()
    {
        await using var pool = HostilePool.Start();
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var taken = 0;
        var call = TakeAsync();
        await using var hostile = await pool.ConnectAsync();
        var id = (await hostile.NextAsync(FrameKind.Call)).Call;
        await using var sibling = await pool.SiblingAsync();

        for (var i = 0; i < Outgoing.InitialCredit; i++) await hostile.SendAsync(FrameKind.Item, id, s_item);
        await pool.HandledAsync(hostile);
        Assert.False(pool.Log.Has("FLM3018"));
        await hostile.SendAsync(FrameKind.Item, id, s_item);

        await hostile.ClosedAsync().Patiently();
        go.SetResult();
        await hostile.LosesAsync(call, "more items came than there was credit for");
        Assert.InRange(taken, 1, Outgoing.InitialCredit);
        await sibling.LivesAsync();

        async Task TakeAsync()
        {
            await foreach (var _ in WireWork.BlobsAsync(1000, 1, CancellationToken.None))
            {
                taken++;
                await go.Task;
            }
        }
    }

    [Fact]
    public async Task Items_within_the_credit_that_was_given_back_are_no_flood()
    {
        await using var pool = HostilePool.Start();
        var taken = 0;
        var call = TakeAsync();
        await using var wire = await pool.ConnectAsync();
        var id = (await wire.NextAsync(FrameKind.Call)).Call;
        var credit = Outgoing.InitialCredit;
        for (var i = 0; i < 1000; i++)
        {
            if (credit == 0) credit = BitConverter.ToInt32((await wire.NextAsync(FrameKind.Credit)).Body);
            await wire.SendAsync(FrameKind.Item, id, s_item);
            credit--;
        }

        await wire.SendAsync(FrameKind.Result, id, WireEnd.Begin(0, []));
        await call.Patiently();
        Assert.Equal(1000, taken);

        async Task TakeAsync()
        {
            await foreach (var _ in WireWork.BlobsAsync(1000, 1, CancellationToken.None)) taken++;
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task Reports_and_written_bytes_beyond_their_credit_cut_the_link_and_only_it(ushort channel)
    {
        await using var pool = HostilePool.Start();
        var hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var source = new Source<int>(i => i);
        var call = WireWork.MixAsync(0, new Held(hold.Task), source.Items(), TestStream.Of(10), new TestStream { OnWrite = async _ => await hold.Task }, null);
        await using var hostile = await pool.ConnectAsync();
        var id = (await hostile.NextAsync(FrameKind.Call)).Call;
        await using var sibling = await pool.SiblingAsync();

        var item = WireEnd.Begin(4, [1, 0, 0, 0]);
        for (var i = 0; i < Outgoing.InitialCredit; i++) await hostile.SendAsync(FrameKind.Item, id, item, channel: channel);
        await pool.HandledAsync(hostile);
        await hostile.SendAsync(FrameKind.Item, id, item, channel: channel);
        await hostile.ClosedAsync().Patiently();
        hold.SetResult();
        await hostile.LosesAsync(call, "more items came than there was credit for");
        await sibling.LivesAsync();
    }

    [Theory]
    [InlineData(0, int.MaxValue, 64)]
    [InlineData(2, 1025, 1024)]
    [InlineData(2, int.MaxValue, 1024)]
    [InlineData(3, 65, 64)]
    [InlineData(3, int.MaxValue, 64)]
    public async Task Credit_that_cannot_be_owed_cuts_the_link_and_only_it(ushort channel, int units, int limit)
    {
        await using var pool = HostilePool.Start();
        var source = new Source<int>(i => i);
        Task call = channel == 0
            ? WireWork.EchoAsync(new byte[4 * 1024 * 1024])
            : WireWork.MixAsync(0, new Told<int>(), source.Items(), TestStream.Of(1_000_000), new TestStream { OnWrite = _ => default }, null);
        await using var hostile = await pool.ConnectAsync();
        var id = (await hostile.NextAsync(FrameKind.Call)).Call;
        await using var sibling = await pool.SiblingAsync();

        await hostile.CreditAsync(id, units, channel);

        await hostile.LosesAsync(call, $"the limit is {limit}");
        await sibling.LivesAsync();
    }

    [Fact]
    public async Task Executor_that_reads_nothing_is_cut_off_however_much_it_says()
    {
        await using var pool = HostilePool.Start(maxConcurrency: 64);
        var first = WireWork.EchoAsync(new byte[30_000]);
        await using var hostile = await pool.ConnectAsync();
        await hostile.NextAsync(FrameKind.Call);
        using var stop = new CancellationTokenSource();
        var calls = Enumerable.Range(0, 63).Select(i => FlameCallOf(i == 0 ? stop.Token : default)).ToArray();
        await using var sibling = await pool.SiblingAsync();

        // Nobody who calls waits for it to read.
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => calls[0].Patiently());
        await pool.BeatAsync(hostile, sibling, until: first);

        foreach (var call in calls[1..].Prepend(first))
        {
            var error = await Assert.ThrowsAsync<ExecutorLostException>(() => call.Patiently());
            Assert.Contains("it has read nothing for", error.Reason, StringComparison.Ordinal);
        }

        await sibling.LivesAsync();
        Assert.Single(pool.Log.Lines, static line => line.Contains("FLM3018", StringComparison.Ordinal));

        static Task FlameCallOf(CancellationToken ct) => WireWork.Remote.HoldAsync(0, 0, new byte[30_000], ct);
    }

    [Fact]
    public async Task Answers_to_calls_that_were_not_read_make_no_room_for_more()
    {
        await using var pool = HostilePool.Start();
        var call = WireWork.EchoAsync(new byte[30_000]);
        await using var hostile = await pool.ConnectAsync();
        var id = (await hostile.NextAsync(FrameKind.Call)).Call;
        await using var sibling = await pool.SiblingAsync();

        // It knows how ids are made, and reads not one of the calls.
        for (var calls = 0; calls < 2000; calls++)
        {
            await AnswerAsync();
            if (call.IsFaulted) break;
            call = WireWork.EchoAsync(new byte[30_000]);
            id += 1UL << 32;
        }

        var error = await Assert.ThrowsAsync<ExecutorLostException>(() => call.Patiently());
        Assert.Contains("has not been sent to it yet", error.Reason, StringComparison.Ordinal);
        await sibling.LivesAsync();

        // Again and again, for the call may still wait for its slot.
        async Task AnswerAsync()
        {
            try
            {
                for (; !call.IsCompleted; await Task.Yield()) await hostile.SendAsync(FrameKind.Result, id, WireEnd.Begin(5, [1, 0, 0, 0, 9]));
            }
            catch (IOException)
            {
                // It is cut off.
                await Task.WhenAny(call).Patiently();
            }
        }
    }

    private sealed class Held(Task until) : IProgress<int>
    {
        public void Report(int value) => until.Wait();
    }
}
