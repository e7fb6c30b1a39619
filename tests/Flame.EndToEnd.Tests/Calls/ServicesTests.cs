namespace Flame.EndToEnd.Tests.Calls;

public abstract class ServicesTests(CarrierPools carrier)
{
    private static readonly Clerk Here = new(null!);

    [Fact]
    public async Task A_call_has_a_scope_of_its_own_that_ends_with_it()
    {
        using var _ = carrier.Pools.Use();
        var first = await Here.DeskAsync(null!, null!);
        var second = await Here.DeskAsync(null!, null!);

        Assert.True(first.Open);
        Assert.Equal(first.Mine, first.Given);
        Assert.NotEqual(first.Mine, second.Mine);
        Assert.True(await Clerk.HasClosedAsync(first.Mine, null!));
        Assert.True(await Clerk.HasClosedAsync(second.Mine, null!));
    }

    [Fact]
    public async Task A_stream_keeps_its_scope_until_its_last_item()
    {
        using var _ = carrier.Pools.Use();
        var desks = new List<Guid>();
        await foreach (var desk in Here.DesksAsync(null!)) desks.Add(desk);
        Assert.NotEqual(Guid.Empty, Assert.Single(desks.Distinct()));
        Assert.True(await Clerk.HasClosedAsync(desks[0], null!));
    }

    [Fact]
    public async Task A_failed_call_closes_its_scope_too()
    {
        using var _ = carrier.Pools.Use();
        var error = await Assert.ThrowsAsync<AppException>(() => Here.FailAsync());
        Assert.True(await Clerk.HasClosedAsync(Guid.Parse(error.Message), null!));
    }

    [Fact]
    public async Task An_unregistered_receiver_is_named_and_what_to_do()
    {
        using var _ = carrier.Pools.Use();
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => new Stranger().HashAsync());
        Assert.Contains("FLM2012", error.Message, StringComparison.Ordinal);
        Assert.Contains(typeof(Stranger).FullName!, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unregistered_parameter_is_named_and_an_optional_one_is_null()
    {
        using var _ = carrier.Pools.Use();
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => Clerk.MissingAsync(null!));
        Assert.Contains("FLM2012", error.Message, StringComparison.Ordinal);
        Assert.True(await Clerk.OptionalAsync());
    }

    [Fact]
    public async Task A_service_that_cannot_be_made_says_what_it_lacks()
    {
        using var _ = carrier.Pools.Use();
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => Clerk.HomelessAsync(null!));
        Assert.Contains(nameof(INowhere), error.Message, StringComparison.Ordinal);
    }
}

public sealed class ServicesOverSocketTests(SocketPools pools) : ServicesTests(pools), IClassFixture<SocketPools>;

public sealed class ServicesOverGrpcTests(GrpcPools pools) : ServicesTests(pools), IClassFixture<GrpcPools>;
