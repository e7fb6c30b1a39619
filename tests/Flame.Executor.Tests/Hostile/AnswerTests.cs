using Flame.Executor.Tests.Links;
using Flame.Wire;

namespace Flame.Executor.Tests.Hostile;

/// <summary>Answers that an honest executor does not give.</summary>
public sealed class AnswerTests
{
    private static readonly byte[] s_failure = new FailureBody(FailureCode.NotStarted, "", "", "").Encode().ToArray();

    [Fact]
    public async Task Executor_that_never_answers_a_cancel_is_cut_off_and_its_slot_is_free()
    {
        await using var pool = HostilePool.Start();
        using var stop = new CancellationTokenSource();
        var call = WireWork.Remote.HoldAsync(0, 0, [], stop.Token);
        await using var hostile = await pool.ConnectAsync();
        await hostile.NextAsync(FrameKind.Call);
        await using var sibling = await pool.SiblingAsync();

        // Its caller is free at once, and waits with the next one for its slot.
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.Patiently());
        await hostile.NextAsync(FrameKind.Cancel);
        var next = WireWork.EchoAsync([1]);
        var closed = hostile.ClosedAsync();
        await pool.BeatAsync(hostile, sibling, until: closed);

        // The link is closed before it is told.
        await closed.Patiently();
        await Patience.UntilAsync(() => pool.Log.Has("FLM3018"));
        Assert.Contains(pool.Log.Lines, static line => line.Contains("FLM3018", StringComparison.Ordinal)
            && line.Contains("did not answer when it was asked to stop WireWork.HoldAsync", StringComparison.Ordinal));
        await using var fresh = await pool.ConnectAsync();
        var id = (await fresh.NextAsync(FrameKind.Call)).Call;
        await fresh.SendAsync(FrameKind.Result, id, WireEnd.Begin(5, [1, 0, 0, 0, 7]));
        Assert.Equal([7], await next.Patiently());
        await sibling.LivesAsync();
    }

    [Theory]
    [InlineData("empty piece", "goes on with nothing")]
    [InlineData("second hello", "introduced itself twice")]
    [InlineData("ready again", "introduced itself twice")]
    [InlineData("frame of 2^31", "was announced; the limit is")]
    [InlineData("frame of 2^32-1", "was announced; the limit is")]
    [InlineData("not started, with items", "has not started that has sent items")]
    [InlineData("drain without words", "ends early")]
    public async Task Breach_cuts_the_link_and_only_it(string breach, string words)
    {
        await using var pool = HostilePool.Start();
        var call = TakeAsync();
        await using var hostile = await pool.ConnectAsync();
        var id = (await hostile.NextAsync(FrameKind.Call)).Call;
        await using var sibling = await pool.SiblingAsync();

        await hostile.SendBytesAsync(BytesOf(breach, id));

        await hostile.LosesAsync(call, words);
        await sibling.LivesAsync();
        var told = Assert.Single(pool.Log.Lines, static line => line.Contains("FLM3018", StringComparison.Ordinal));
        Assert.Contains(words, told, StringComparison.Ordinal);

        static async Task TakeAsync()
        {
            await foreach (var _ in WireWork.BlobsAsync(1000, 1, CancellationToken.None))
            {
            }
        }
    }

    [Fact]
    public async Task What_follows_a_terminal_frame_reaches_nobody()
    {
        await using var pool = HostilePool.Start();
        var call = WireWork.EchoAsync([1]);
        await using var hostile = await pool.ConnectAsync();
        var id = (await hostile.NextAsync(FrameKind.Call)).Call;
        await using var sibling = await pool.SiblingAsync();
        await hostile.SendAsync(FrameKind.Result, id, WireEnd.Begin(5, [1, 0, 0, 0, 9]));
        await hostile.SendAsync(FrameKind.Result, id, WireEnd.Begin(5, [1, 0, 0, 0, 8]));
        await hostile.SendAsync(FrameKind.Item, id, WireEnd.Begin(5, [1, 0, 0, 0, 8]));
        await hostile.SendAsync(FrameKind.Failure, id, s_failure);

        // The id of its sibling's call, if it were one of its own.
        await hostile.SendAsync(FrameKind.Result, sibling.Id + 1, WireEnd.Begin(5, [1, 0, 0, 0, 8]));
        Assert.Equal([9], await call.Patiently());
        await sibling.LivesAsync();
    }

    [Fact]
    public async Task Announced_length_costs_the_parent_nothing_until_its_bytes_are_there()
    {
        await using var pool = HostilePool.Start(maxConcurrency: 64);
        var calls = Enumerable.Range(0, 64).Select(_ => WireWork.EchoAsync([1])).ToArray();
        await using var hostile = await pool.ConnectAsync();
        var ids = new List<ulong>();
        while (ids.Count < calls.Length) ids.Add((await hostile.NextAsync(FrameKind.Call)).Call);
        await using var sibling = await pool.SiblingAsync();
        var before = GC.GetTotalAllocatedBytes(precise: true);

        foreach (var id in ids) await hostile.SendAsync(FrameKind.Result, id, WireEnd.Begin(200_000_000, [1]));
        await pool.HandledAsync(hostile);

        // 12 GB were announced. What else runs beside this test allocates, too.
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 4_000_000_000);
        await hostile.SendBytesAsync(new byte[FrameHeader.Size]);
        foreach (var call in calls) await Assert.ThrowsAsync<ExecutorLostException>(() => call.Patiently());
        await sibling.LivesAsync();
    }

    private static byte[] BytesOf(string breach, ulong id) => breach switch
    {
        "empty piece" => [.. WireEnd.Bytes(FrameKind.Item, id, WireEnd.Begin(9, [1])), .. WireEnd.Bytes(FrameKind.Item, id, [], FrameFlags.Continuation)],
        "second hello" => WireEnd.Bytes(FrameKind.Hello),
        "ready again" => WireEnd.Bytes(FrameKind.Hello, flags: FrameFlags.Reply),
        "frame of 2^31" => [0, 0, 0, 0x80, (byte)FrameKind.Log, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        "frame of 2^32-1" => [255, 255, 255, 255, (byte)FrameKind.Log, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        "not started, with items" => [.. WireEnd.Bytes(FrameKind.Item, id, WireEnd.Begin(5, [1, 0, 0, 0, 9])), .. WireEnd.Bytes(FrameKind.Failure, id, s_failure)],
        "drain without words" => WireEnd.Bytes(FrameKind.Drain, 0, [9, 0, 0, 0, 65]),
        _ => throw new ArgumentException(breach),
    };
}
