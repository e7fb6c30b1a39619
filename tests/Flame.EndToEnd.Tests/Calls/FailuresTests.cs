namespace Flame.EndToEnd.Tests.Calls;

public abstract class FailuresTests(CarrierPools carrier)
{
    [Fact]
    public async Task An_exception_of_an_unknown_type_says_everything_about_itself()
    {
        using var _ = carrier.Pools.Use();
        var error = await Assert.ThrowsAsync<RemoteException>(() => Failures.ThrowAsync("it broke"));

        Assert.Equal("FLM2003", error.Id);
        Assert.Equal(typeof(UnknownException).FullName, error.RemoteType);
        Assert.Equal("it broke", error.RemoteMessage);
        Assert.Equal(("main", "main/1", "Failures.ThrowAsync"), (error.Pool, error.Executor, error.Method));
        Assert.Contains("Failures.ThrowAsync", error.RemoteStackTrace, StringComparison.Ordinal);
        Assert.Contains("the cause", error.RemoteStackTrace, StringComparison.Ordinal);
        Assert.Contains("--- on executor main/1 ---", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_type_that_the_app_rebuilds_arrives_as_itself()
    {
        using var _ = carrier.Pools.Use();
        var error = await Assert.ThrowsAsync<AppException>(() => Failures.ThrowAppAsync("mine"));
        Assert.Equal("mine", error.Message);
    }

    [Fact]
    public async Task A_rebuilding_that_fails_leaves_the_general_form()
    {
        await using var pools = await carrier.StartAsync(_ => { }, f => f.RebuildException<AppException>(_ => throw new FormatException("no")));
        using var _ = pools.Use();
        var error = await Assert.ThrowsAsync<RemoteException>(() => Failures.ThrowAppAsync("mine"));
        Assert.Equal("mine", error.RemoteMessage);
    }

    [Fact]
    public async Task An_argument_refused_before_the_first_await_arrives_as_its_own_type()
    {
        using var _ = carrier.Pools.Use();
        var error = await Assert.ThrowsAsync<ArgumentNullException>(() => Failures.ValidateAsync(null));
        Assert.Contains("text", error.Message, StringComparison.Ordinal);
        Assert.Equal("System.ArgumentNullException", Assert.IsType<RemoteException>(error.InnerException).RemoteType);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_cancellation_that_nobody_asked_for_is_a_failure_and_no_cancelled_call(bool asTask)
    {
        using var _ = carrier.Pools.Use();
        using var cancel = new CancellationTokenSource();
        var call = Failures.CancelItselfAsync(asTask);
        var error = await Assert.ThrowsAsync<RemoteException>(() => call);
        Assert.True(call.IsFaulted);
        Assert.Contains("Cancel", error.RemoteType, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_exception_that_cannot_be_described_still_ends_its_call()
    {
        using var _ = carrier.Pools.Use();
        var error = await Assert.ThrowsAsync<RemoteException>(() => Failures.ThrowHostileAsync().Patiently());
        Assert.Equal(typeof(HostileException).FullName, error.RemoteType);
        Assert.Equal(5, await Sums.AddAsync(2, 3));
    }

    [Fact]
    public async Task An_exception_with_megabytes_of_words_is_cut_and_disturbs_nobody()
    {
        using var _ = carrier.Pools.Use();
        var before = await Sums.ProcessAsync();
        var error = await Assert.ThrowsAsync<RemoteException>(() => Failures.ThrowAsync(new string('ü', 3_000_000)).Patiently());
        Assert.StartsWith("üüü", error.RemoteMessage, StringComparison.Ordinal);
        Assert.Equal(before, await Sums.ProcessAsync());
    }
}

public sealed class FailuresOverSocketTests(SocketPools pools) : FailuresTests(pools), IClassFixture<SocketPools>;

public sealed class FailuresOverGrpcTests(GrpcPools pools) : FailuresTests(pools), IClassFixture<GrpcPools>;
