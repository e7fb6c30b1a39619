namespace Flame.EndToEnd.Tests.Calls;

public abstract class CallsTests(CarrierPools carrier)
{
    private static string Key => Guid.NewGuid().ToString();

    [Fact]
    public async Task A_call_brings_its_result_from_another_process()
    {
        using var _ = carrier.Pools.Use();
        Assert.Equal(5, await Sums.AddAsync(2, 3));
        Assert.NotEqual(Environment.ProcessId, await Sums.ProcessAsync());
    }

    [Fact]
    public async Task A_call_without_a_result_ends_after_the_method()
    {
        using var _ = carrier.Pools.Use();
        var key = Key;
        await Work.NoteAsync(key, "task");
        Assert.Equal("task", await Work.NotedAsync(key));
        await Work.NoteSoonAsync(key, "value task");
        Assert.Equal("value task", await Work.NotedAsync(key));
    }

    [Fact]
    public async Task Many_calls_at_once_each_get_their_own_result()
    {
        using var _ = carrier.Pools.Use();
        var sums = await Task.WhenAll(Enumerable.Range(0, 2000).Select(i => Sums.AddAsync(i, i))).Patiently();
        Assert.Equal(Enumerable.Range(0, 2000).Select(i => 2 * i), sums);
    }

    [Fact]
    public async Task A_cast_is_over_when_it_is_handed_over_and_the_method_goes_on()
    {
        using var _ = carrier.Pools.Use();
        var (key, noted) = (Key, Key);
        await Work.Cast.PassAsync(key).Patiently();
        await Work.Cast.NoteAsync(noted, "cast").Patiently();
        Assert.True(carrier.Pools["main"].GetStats().Running >= 1);
        await Work.OpenAsync(key);
        await Patience.UntilAsync(() => carrier.Pools["main"].GetStats().Running == 0);
        Assert.Equal("cast", await Work.NotedAsync(noted));
    }

    [Fact]
    public async Task A_failing_cast_is_logged_and_counted_and_never_thrown()
    {
        using var _ = carrier.Pools.Use();
        var before = carrier.Pools["main"].GetStats().CastFailures;
        var words = Key;
        for (var i = 0; i < 300; i++) await Failures.Cast.ThrowAsync(words).Patiently();
        await Patience.UntilAsync(() => carrier.Pools["main"].GetStats().CastFailures >= before + 300);

        var line = await carrier.Log.WhenAsync(l => l.EventId == 3008 && l.Error!.Message.Contains(words, StringComparison.Ordinal));
        Assert.Contains("Failures.Throw", line.Text, StringComparison.Ordinal);
        Assert.IsType<RemoteException>(line.Error);
        Assert.Equal(before + 300, carrier.Pools["main"].GetStats().CastFailures);
    }

    [Fact]
    public async Task A_token_that_fires_after_the_hand_over_does_not_touch_a_cast()
    {
        using var _ = carrier.Pools.Use();
        using var cancel = new CancellationTokenSource();
        var key = Key;
        await Work.Cast.ObserveAsync(key, cancel.Token).Patiently();
        await cancel.CancelAsync();
        await Work.OpenAsync(key + "/release");
        await Work.PassAsync(key + "/ended").Patiently();
        Assert.Equal("False", await Work.NotedAsync(key));
    }

    [Fact]
    public async Task A_call_from_inside_an_executor_stays_there()
    {
        using var _ = carrier.Pools.Use();
        var (here, nested, local) = await Work.NestedAsync();
        Assert.NotEqual(Environment.ProcessId, here);
        Assert.Equal((here, here), (nested, local));
    }

    [Fact]
    public async Task Remote_from_inside_an_executor_says_that_no_pools_are_there()
    {
        using var _ = carrier.Pools.Use();
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => Work.RemoteFromInsideAsync());
        Assert.Contains("FLM2001", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Remote_is_always_remote_and_Local_always_local()
    {
        using var _ = carrier.Pools.Use();
        Assert.NotEqual(Environment.ProcessId, await Sums.Remote.ProcessAsync());
        Assert.Equal(Environment.ProcessId, await Sums.Local.ProcessAsync());
    }

    [Fact]
    public async Task In_local_mode_plain_calls_stay_here_and_Remote_does_not()
    {
        await using var pools = await carrier.StartAsync(_ => { }, f => f.Mode = FlameMode.Local);
        using var _ = pools.Use();
        Assert.Equal(Environment.ProcessId, await Sums.ProcessAsync());
        Assert.Equal(0, pools["main"].GetStats().Count);
        Assert.NotEqual(Environment.ProcessId, await Sums.Remote.ProcessAsync());
    }
}

public sealed class CallsOverSocketTests(SocketPools pools) : CallsTests(pools), IClassFixture<SocketPools>;

public sealed class CallsOverGrpcTests(GrpcPools pools) : CallsTests(pools), IClassFixture<GrpcPools>;

public sealed class CallsOverReverseTests(ReversePools pools) : CallsTests(pools), IClassFixture<ReversePools>;
