namespace Flame.Executor.Tests.InProcess;

/// <summary>What a marked method leaves in its executor, as FLAME's tracked resources.</summary>
public sealed class ResourceTests
{
    private readonly string _name = Guid.NewGuid().ToString();

    [Fact]
    public async Task What_a_method_leaves_behind_keeps_its_executor_until_it_is_disposed()
    {
        await using var pool = InProcessPool.Start(options => options.IdleShutdownAfter = TimeSpan.FromSeconds(5));
        var account = await Bank.OpenAsync(_name, 10);
        Assert.Equal("test/1", account.Executor);
        pool.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(1, pool.Stats.Running);
        Assert.Equal(13, await account.Add(3));
        await account.DisposeAsync();
        Assert.Equal(1, Account.Disposals[_name]);
        await pool.UntilAsync(stats => stats.Running == 0);
        while (pool.Stats.Ready > 0)
        {
            pool.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
    }

    [Fact]
    public async Task A_method_that_fails_leaves_nothing_behind()
    {
        await using var pool = InProcessPool.Start();
        Assert.Contains("no debts", (await Assert.ThrowsAsync<ArgumentException>(() => Bank.OpenAsync(_name, -1))).Message, StringComparison.Ordinal);
        await pool.UntilAsync(stats => stats.Running == 0);
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Bank.OpenAsync(_name, 1, cancelled.Token));
        await pool.UntilAsync(stats => stats.Running == 0);
        Assert.False(Account.Disposals.ContainsKey(_name));
    }

    [Fact]
    public async Task A_lost_executor_takes_its_resources_with_it()
    {
        await using var pool = InProcessPool.Start();
        await using var account = await Bank.Remote.With(new FlameCallOptions { QueueTimeout = TimeSpan.FromMinutes(1) }).OpenAsync(_name, 1);
        Assert.True(pool.Backend.Lose("test/1"));
        await account.Ended;
        await Assert.ThrowsAsync<ExecutorLostException>(() => account.Add(1));
    }

    [Fact]
    public async Task In_place_the_handle_is_the_one_that_was_made()
    {
        await using var account = await Bank.Local.OpenAsync(_name, 4);
        Assert.Null(account.Executor);
        Assert.Equal(5, await account.Add(1));
    }
}
