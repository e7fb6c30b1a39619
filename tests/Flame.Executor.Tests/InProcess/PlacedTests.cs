namespace Flame.Executor.Tests.InProcess;

public sealed class PlacedTests
{
    private readonly string _name = Guid.NewGuid().ToString();

    [Fact]
    public async Task An_object_keeps_its_state_and_is_disposed_with_its_handle()
    {
        await using var pool = InProcessPool.Start();
        var (name, start) = (_name, 10);
        await using (var account = await pool.Pools.PlaceAsync("test", () => new Account(name, start)))
        {
            Assert.Equal("test/1", account.Executor);
            Assert.Equal(15, await account.Add(5));
            Assert.Equal(17, await account.Add(2));
            await account.Forget();
            Assert.Equal(1, await account.Add(1));
            Assert.Equal("account " + name, await account.NameAsync());
            Assert.Equal("my " + name, await account.NameAsync("my "));
            Assert.False(account.Ended.IsCompleted);
            Assert.Equal(1, pool.Stats.Running);
            await account.DisposeAsync();
            Assert.True(account.Ended.IsCompleted);
            await Assert.ThrowsAsync<ObjectDisposedException>(() => account.Add(1));
        }

        Assert.Equal(1, Account.Disposals[name]);
        await pool.UntilAsync(stats => stats.Running == 0);
    }

    [Fact]
    public async Task It_holds_one_slot_and_no_more()
    {
        await using var pool = InProcessPool.Start(options => (options.Max, options.MaxConcurrency) = (1, 2));
        var name = _name;
        await using var account = await pool.Pools.PlaceAsync("test", () => new Account(name, 0));
        Assert.Equal([0], await Work.AppendAsync([]));
        await using var other = await pool.Pools.PlaceAsync("test", async () => { await Task.Yield(); return new Account(name, 0); });
        var waits = Work.AppendAsync([]);
        await pool.UntilAsync(stats => stats.Waiting == 1);
        await other.DisposeAsync();
        await waits;
    }

    [Fact]
    public async Task Services_of_the_executor_make_it_and_are_given_to_its_methods()
    {
        await using var pool = InProcessPool.Start();
        var name = _name;
        await using var account = await pool.Pools.PlaceAsync("test", services => Account.With(services, name));
        Assert.True(await account.HasAsync());
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 2)]
    public async Task Its_methods_run_one_after_another_unless_that_is_not_wanted(bool concurrent, int most)
    {
        await using var pool = InProcessPool.Start();
        var name = _name;
        await using var account = await pool.Pools.PlaceAsync("test", services => Account.With(services, name), new FlamePlaceOptions { Concurrent = concurrent });
        var first = account.PassAsync("one", InProcessPool.Patience);
        var second = account.PassAsync("two", InProcessPool.Patience);
        await pool.Gates["one"].Entered;
        if (concurrent) await pool.Gates["two"].Entered;
        pool.Gates["one"].Open();
        pool.Gates["two"].Open();
        await first;
        Assert.Equal(most, await second);
    }

    [Fact]
    public async Task What_a_method_throws_arrives_as_itself_and_the_object_goes_on()
    {
        await using var pool = InProcessPool.Start();
        var name = _name;
        await using var account = await pool.Pools.PlaceAsync("test", () => new Account(name, 3));
        var error = await Assert.ThrowsAsync<InvalidDataException>(() => account.FailAsync("closed"));
        Assert.Equal("closed", error.Message);
        Assert.Contains("Account.FailAsync", Assert.IsType<RemoteException>(error.InnerException).Message, StringComparison.Ordinal);
        Assert.Equal(4, await account.Add(1));
    }

    [Fact]
    public async Task A_cancelled_call_ends_at_once_its_method_stops_and_the_object_goes_on()
    {
        await using var pool = InProcessPool.Start();
        var name = _name;
        await using var account = await pool.Pools.PlaceAsync("test", services => Account.With(services, name));
        using var cancel = new CancellationTokenSource();
        var call = account.PassAsync("cancelled", cancel.Token);
        await pool.Gates["cancelled"].Entered;
        var waiting = account.Add(7);
        await cancel.CancelAsync();
        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal(cancel.Token, error.CancellationToken);
        Assert.Equal(7, await waiting);
    }

    [Fact]
    public async Task A_lost_executor_fails_what_waits_and_what_comes()
    {
        await using var pool = InProcessPool.Start();
        var name = _name;
        await using var account = await pool.Pools.PlaceAsync("test", services => Account.With(services, name));
        var call = account.PassAsync("lost", InProcessPool.Patience);
        await pool.Gates["lost"].Entered;
        Assert.True(pool.Backend.Lose("test/1", "its machine burns"));
        Assert.Contains("its machine burns", (await Assert.ThrowsAsync<ExecutorLostException>(() => call)).Reason, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ExecutorLostException>(() => account.Add(1));
        await account.Ended;
    }

    [Fact]
    public async Task An_object_that_cannot_be_made_says_why_and_frees_its_slot()
    {
        await using var pool = InProcessPool.Start();
        var name = "no such file";
        var error = await Assert.ThrowsAsync<FileNotFoundException>(() => pool.Pools.PlaceAsync("test", Account () => throw new FileNotFoundException(name)));
        Assert.Equal(name, error.Message);
        await pool.UntilAsync(stats => stats.Running == 0);
    }

    [Fact]
    public async Task A_lease_ends_what_nobody_asks_for_and_not_what_runs()
    {
        await using var pool = InProcessPool.Start();
        var name = _name;
        var account = await pool.Pools.PlaceAsync("test", services => Account.With(services, name), new FlamePlaceOptions { Lease = TimeSpan.FromSeconds(10) });
        var call = account.PassAsync("leased", InProcessPool.Patience);
        await pool.Gates["leased"].Entered;
        pool.Time.Advance(TimeSpan.FromSeconds(8));
        pool.Time.Advance(TimeSpan.FromSeconds(8));
        pool.Gates["leased"].Open();
        await call;
        Assert.Equal(0, await account.Add(0));
        while (!account.Ended.IsCompleted)
        {
            pool.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await Assert.ThrowsAsync<ObjectDisposedException>(() => account.Add(1));
        Assert.Equal(1, Account.Disposals[name]);
        await account.DisposeAsync();
    }

    [Fact]
    public async Task Calls_under_way_are_answered_before_the_object_is_disposed()
    {
        await using var pool = InProcessPool.Start();
        var name = _name;
        var account = await pool.Pools.PlaceAsync("test", services => Account.With(services, name));
        var call = account.PassAsync("last", InProcessPool.Patience);
        await pool.Gates["last"].Entered;
        var disposed = account.DisposeAsync().AsTask();
        Assert.False(disposed.IsCompleted);
        Assert.False(Account.Disposals.ContainsKey(name));
        pool.Gates["last"].Open();
        Assert.Equal(1, await call);
        await disposed;
        Assert.Equal(1, Account.Disposals[name]);
    }

    [Fact]
    public async Task What_its_disposal_throws_is_thrown_by_the_handles()
    {
        await using var pool = InProcessPool.Start();
        var name = "bad " + _name;
        var account = await pool.Pools.PlaceAsync("test", () => new Account(name, 1));
        var error = await Assert.ThrowsAsync<InvalidDataException>(async () => await account.DisposeAsync());
        Assert.Equal("cannot be closed", error.Message);
        await pool.UntilAsync(stats => stats.Running == 0);
    }

    [Fact]
    public async Task A_cancelled_placing_leaves_nothing_behind()
    {
        await using var pool = InProcessPool.Start(options => options.Max = 1);
        var name = _name;
        await using var first = await pool.Pools.PlaceAsync("test", () => new Account(name, 0));
        using var cancel = new CancellationTokenSource();
        var second = pool.Pools.PlaceAsync("test", () => new Account(name, 0), null, cancel.Token);
        await pool.UntilAsync(stats => stats.Waiting == 1);
        await cancel.CancelAsync();
        Assert.Equal(cancel.Token, (await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second)).CancellationToken);
        Assert.Equal((0, 1), (pool.Stats.Waiting, pool.Stats.Running));
    }

    [Fact]
    public async Task The_pools_own_limit_of_a_call_is_none_of_a_life()
    {
        await using var pool = InProcessPool.Start(options => options.Timeout = TimeSpan.FromSeconds(5));
        var name = _name;
        await using var account = await pool.Pools.PlaceAsync("test", () => new Account(name, 0));
        for (var i = 0; i < 10; i++)
        {
            pool.Time.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(i + 1, await account.Add(1));
        }
    }

    [Fact]
    public async Task A_handle_of_an_object_here_takes_no_pool()
    {
        var name = _name;
        var account = FlameObject.InPlace(new Account(name, 1));
        Assert.Null(account.Executor);
        Assert.Equal(3, await account.Add(2));
        await Assert.ThrowsAsync<InvalidDataException>(() => account.FailAsync("here"));
        await account.DisposeAsync();
        await account.DisposeAsync();
        Assert.Equal(1, Account.Disposals[name]);
    }

    [Fact]
    public async Task Inside_an_executor_it_is_placed_in_place()
    {
        await using var pool = InProcessPool.Start();
        var (flame, name) = (pool.Pools, _name);
        Assert.Equal("5 ", await flame.CallAsync("test", async () =>
        {
            await using var account = await flame.PlaceAsync("test", () => new Account(name, 1));
            return $"{await AddAsync(account)} {account.Executor}";
        }));
        Assert.Equal(1, Account.Disposals[name]);

        // Generated members are not yet there where the generator looks at a block.
        static Task<int> AddAsync(FlameObject<Account> account) => account.Add(4);
    }
}
