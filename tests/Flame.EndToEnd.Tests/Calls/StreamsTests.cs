using System.Globalization;

namespace Flame.EndToEnd.Tests.Calls;

public abstract class StreamsTests(CarrierPools carrier)
{
    // What an executor may be ahead of its consumer: the credit of a stream, and the item that is being made.
    private const int Ahead = 64 + 1;

    // Of one who has taken items as fast as they came.
    private const int MostAhead = 1024 + 1;
    private const int Large = 3 * 1024 * 1024;

    private static string Key => Guid.NewGuid().ToString();

    [Fact]
    public async Task Items_arrive_all_and_in_order()
    {
        using var _ = carrier.Pools.Use();
        Assert.Equal(Enumerable.Range(0, 10_000), await ListAsync(Streams.Count(10_000)).Patiently());
    }

    [Fact]
    public async Task An_empty_stream_ends()
    {
        using var _ = carrier.Pools.Use();
        Assert.Empty(await ListAsync(Streams.Count(0)).Patiently());
    }

    [Fact]
    public async Task Nothing_runs_before_the_enumeration_and_each_enumeration_is_a_call()
    {
        using var _ = carrier.Pools.Use();
        var key = Key;
        var blobs = Streams.Blobs(key, 1, 2);
        Assert.Null(await Work.NotedAsync(key));
        Assert.Equal(2, (await ListAsync(blobs).Patiently()).Count);
        Assert.Equal(2, (await ListAsync(blobs).Patiently()).Count);
    }

    [Fact]
    public async Task A_slow_consumer_holds_the_producer_back()
    {
        using var _ = carrier.Pools.Use();
        var key = Key;
        await using var items = Streams.Endless(key).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        Assert.True(await items.MoveNextAsync().AsTask().Patiently());
        while (await MadeAsync(key) < Ahead - 2) await Task.Yield();
        for (var i = 0; i < 100; i++) Assert.InRange(await MadeAsync(key), 1, 1 + Ahead);

        for (var i = 1; i <= 500; i++)
        {
            Assert.True(await items.MoveNextAsync().AsTask().Patiently());
            Assert.Equal(i, items.Current);
        }

        for (var i = 0; i < 100; i++) Assert.InRange(await MadeAsync(key), 501, 501 + MostAhead);
    }

    [Fact]
    public async Task Leaving_the_loop_stops_the_producer_and_frees_its_slot()
    {
        using var _ = carrier.Pools.Use();
        var key = Key;
        await foreach (var item in Streams.Endless(key))
        {
            if (item == 10) break;
        }

        await Work.PassAsync(key + "/ended").Patiently();
        Assert.Equal("True", await Work.NotedAsync(key + "/token"));
        await Patience.UntilAsync(() => carrier.Pools["main"].GetStats().Running == 0);
    }

    [Fact]
    public async Task An_exception_in_the_middle_arrives_after_the_items_before_it()
    {
        using var _ = carrier.Pools.Use();
        var items = new List<int>();
        var error = await Assert.ThrowsAsync<AppException>(() => FillAsync(items, Streams.Break(100)).Patiently());
        Assert.Equal("broken after 100", error.Message);
        Assert.Equal(Enumerable.Range(0, 100), items);
    }

    [Fact]
    public async Task An_exception_before_the_first_item_arrives()
    {
        using var _ = carrier.Pools.Use();
        await Assert.ThrowsAsync<AppException>(() => ListAsync(Streams.Break(0)).Patiently());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_cancelled_enumeration_ends_at_once_with_its_token_and_stops_the_producer(bool asArgument)
    {
        using var _ = carrier.Pools.Use();
        var key = Key;
        using var cancel = new CancellationTokenSource();
        var items = asArgument ? Streams.Silent(key, cancel.Token) : Streams.Silent(key);
        var end = Task.Run(async () =>
        {
            await foreach (var item in items.WithCancellation(asArgument ? TestContext.Current.CancellationToken : cancel.Token)) Assert.Fail($"{item}");
        });
        await Work.PassAsync(key + "/started").Patiently();

        await cancel.CancelAsync();

        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => end.Patiently());
        Assert.Equal(cancel.Token, error.CancellationToken);
        await Work.PassAsync(key + "/ended").Patiently();
    }

    [Fact]
    public async Task A_stream_that_is_cancelled_between_two_items_gives_no_more_of_them()
    {
        using var _ = carrier.Pools.Use();
        using var cancel = new CancellationTokenSource();
        var taken = 0;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var item in Streams.Endless(Key, cancel.Token))
            {
                if (++taken == 5) await cancel.CancelAsync();
            }
        });
        Assert.Equal(5, taken);
    }

    [Fact]
    public async Task Large_items_arrive_whole()
    {
        using var _ = carrier.Pools.Use();
        int[] sizes = [0, 1, 32 * 1024, (32 * 1024) + 1, Large, 7, Large + 13, 40_000];
        var blobs = await ListAsync(Streams.Blobs(Key, sizes)).Patiently();
        Assert.Equal(sizes, blobs.Select(b => b.Length));
        for (var i = 0; i < blobs.Count; i++) Assert.DoesNotContain(blobs[i], b => b != (byte)i);
    }

    [Theory]
    [InlineData(31)]
    [InlineData(30)]
    [InlineData(29)]
    [InlineData(63)]
    public async Task A_large_item_after_small_ones_arrives_whatever_credit_they_left(int small)
    {
        using var _ = carrier.Pools.Use();
        int[] sizes = [.. Enumerable.Repeat(10, small), Large, .. Enumerable.Repeat(10, small), 20_000, Large];
        Assert.Equal(sizes, (await ListAsync(Streams.Blobs(Key, sizes)).Patiently()).Select(b => b.Length));
    }

    [Fact]
    public async Task Large_items_are_weighed_so_that_a_slow_consumer_has_few_of_them_ahead()
    {
        using var _ = carrier.Pools.Use();
        var key = Key;
        await using var items = Streams.Blobs(key, [.. Enumerable.Repeat(Large, 30)]).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        for (var i = 1; i <= 30; i++)
        {
            Assert.True(await items.MoveNextAsync().AsTask().Patiently());
            for (var trip = 0; trip < 20; trip++) Assert.InRange(await MadeAsync(key), i, i + 3);
        }

        Assert.False(await items.MoveNextAsync().AsTask().Patiently());
    }

    [Fact]
    public async Task Streams_side_by_side_do_not_hold_each_other_back()
    {
        using var _ = carrier.Pools.Use();
        await using var idle = Streams.Endless(Key).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        Assert.True(await idle.MoveNextAsync().AsTask().Patiently());
        var counts = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => ListAsync(Streams.Count(2000)))).Patiently();
        Assert.All(counts, c => Assert.Equal(2000, c.Count));
    }

    private static async Task<int> MadeAsync(string key) => int.Parse(await Work.NotedAsync(key) ?? "0", CultureInfo.InvariantCulture);

    private static async Task<List<T>> ListAsync<T>(IAsyncEnumerable<T> items)
    {
        var list = new List<T>();
        await FillAsync(list, items);
        return list;
    }

    private static async Task FillAsync<T>(List<T> list, IAsyncEnumerable<T> items)
    {
        await foreach (var item in items) list.Add(item);
    }
}

public sealed class StreamsOverSocketTests(SocketPools pools) : StreamsTests(pools), IClassFixture<SocketPools>;

public sealed class StreamsOverGrpcTests(GrpcPools pools) : StreamsTests(pools), IClassFixture<GrpcPools>;

public sealed class StreamsOverReverseTests(ReversePools pools) : StreamsTests(pools), IClassFixture<ReversePools>;
