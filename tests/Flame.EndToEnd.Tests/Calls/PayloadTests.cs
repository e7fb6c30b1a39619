namespace Flame.EndToEnd.Tests.Calls;

public abstract class PayloadTests(CarrierPools carrier)
{
    private const int Large = 20 * 1024 * 1024;
    private const int Limit = 64 * 1024;

    private static readonly byte[] Data = Enumerable.Range(0, Large).Select(i => (byte)(i * 31)).ToArray();

    [Fact]
    public async Task Twenty_megabytes_go_and_come_unharmed()
    {
        using var _ = carrier.Pools.Use();
        var back = await Echo.Bytes(Data).Patiently();
        Assert.True(Data.AsSpan().SequenceEqual(back));
    }

    [Fact]
    public async Task A_small_call_overtakes_large_arguments()
    {
        using var _ = carrier.Pools.Use();
        var large = Echo.Length(Data);
        Assert.Equal(5, await Sums.AddAsync(2, 3).Patiently());
        Assert.False(large.IsCompleted);
        Assert.Equal(Large, await large.Patiently());
    }

    [Fact]
    public async Task Small_calls_overtake_a_large_result()
    {
        using var _ = carrier.Pools.Use();
        var gate = Guid.NewGuid().ToString();
        var large = Echo.Blob(4 * Large, gate);
        await Work.PassAsync(gate).Patiently();
        var overtook = 0;
        while (!large.IsCompleted)
        {
            Assert.Equal(5, await Sums.AddAsync(2, 3).Patiently());
            overtook += large.IsCompleted ? 0 : 1;
        }

        Assert.InRange(overtook, 2, int.MaxValue);
        Assert.Equal(4 * Large, (await large).Length);
    }

    [Fact]
    public async Task Large_calls_side_by_side_keep_their_bytes_apart()
    {
        using var _ = carrier.Pools.Use();
        var calls = Enumerable.Range(1, 8).Select(i => Echo.Bytes([.. Enumerable.Repeat((byte)i, 1_000_000 + i)])).ToArray();
        var results = await Task.WhenAll(calls).Patiently();
        for (var i = 1; i <= 8; i++) Assert.True(results[i - 1].Length == 1_000_000 + i && results[i - 1].AsSpan().IndexOfAnyExcept((byte)i) < 0);
    }

    [Fact]
    public async Task A_large_call_that_is_cancelled_on_its_way_leaves_the_link_usable()
    {
        using var _ = carrier.Pools.Use();
        for (var i = 0; i < 5; i++)
        {
            using var cancel = new CancellationTokenSource();
            var large = Echo.Remote.Cancellable(Data, cancel.Token);
            await cancel.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => large.Patiently());
            Assert.Equal(5, await Sums.AddAsync(2, 3).Patiently());
        }

        await Patience.UntilAsync(() => carrier.Pools["main"].GetStats().Running == 0);
    }

    [Fact]
    public async Task Arguments_over_the_limit_fail_the_call_and_nothing_else()
    {
        await using var pools = await carrier.StartAsync(p => p.MaxPayloadSize = Limit);
        using var _ = pools.Use();
        var before = await Sums.ProcessAsync();

        var call = Echo.Length(new byte[Limit + 1]);

        var error = await Assert.ThrowsAsync<PayloadException>(() => call);
        Assert.Equal("FLM2010", error.Id);
        Assert.Contains("Echo.Length", error.Message, StringComparison.Ordinal);
        Assert.Contains("arguments", error.Message, StringComparison.Ordinal);
        Assert.True(error.Size > Limit);
        Assert.Equal(Limit / 2, await Echo.Length(new byte[Limit / 2]));
        Assert.Equal(before, await Sums.ProcessAsync());
    }

    [Fact]
    public async Task A_result_over_the_limit_fails_the_call_and_nothing_else()
    {
        await using var pools = await carrier.StartAsync(p => p.MaxPayloadSize = Limit);
        using var _ = pools.Use();
        var before = await Sums.ProcessAsync();

        var error = await Assert.ThrowsAsync<PayloadException>(() => Echo.Blob(Limit + 1, "any").Patiently());

        Assert.Equal("FLM2010", error.Id);
        Assert.Contains("Echo.Blob on executor main/1: the size of the result", error.Message, StringComparison.Ordinal);
        Assert.Single(error.Message.Split("FLM2010")[1..]);
        Assert.True(error.Size > Limit);
        Assert.Equal(Limit / 2, (await Echo.Blob(Limit / 2, "any")).Length);
        Assert.Equal(before, await Sums.ProcessAsync());
    }

    [Fact]
    public async Task An_item_over_the_limit_ends_its_stream_after_the_items_before_it()
    {
        await using var pools = await carrier.StartAsync(p => p.MaxPayloadSize = Limit);
        using var _ = pools.Use();
        var before = await Sums.ProcessAsync();
        var sizes = new List<int>();

        var error = await Assert.ThrowsAsync<PayloadException>(async () =>
        {
            await foreach (var blob in Streams.Blobs("any", 1, 2, Limit + 1, 3)) sizes.Add(blob.Length);
        });

        Assert.Contains("item", error.Message, StringComparison.Ordinal);
        Assert.Equal([1, 2], sizes);
        Assert.Equal(before, await Sums.ProcessAsync());
    }

    [Fact]
    public async Task A_payload_of_exactly_the_limit_passes()
    {
        // The arguments are the array and the four bytes of its length.
        await using var pools = await carrier.StartAsync(p => p.MaxPayloadSize = Limit);
        using var _ = pools.Use();
        Assert.Equal(Limit - 4, (await Echo.Bytes(new byte[Limit - 4]).Patiently()).Length);
        await Assert.ThrowsAsync<PayloadException>(() => Echo.Bytes(new byte[Limit - 3]));
    }
}

public sealed class PayloadOverSocketTests(SocketPools pools) : PayloadTests(pools), IClassFixture<SocketPools>;

public sealed class PayloadOverGrpcTests(GrpcPools pools) : PayloadTests(pools), IClassFixture<GrpcPools>;
