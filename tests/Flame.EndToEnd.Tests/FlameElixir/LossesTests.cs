using System.Collections.Concurrent;
using Flame.Backends;
using Flame.EndToEnd.Tests.Calls;
using Flame.EndToEnd.Tests.Processes;
using Flame.Executor;
using Microsoft.Extensions.Time.Testing;

namespace Flame.EndToEnd.Tests.FlameElixir;

/// <summary>What users of FLAME lost, by the number of the issue that tells it: none of it happens here.</summary>
public sealed class LossesTests
{
    [Fact]
    public async Task Loss_18_parallel_calls_that_find_no_executor_all_return()
    {
        await using var pool = await ElixirPool.StartAsync(o => (o.Max, o.MaxConcurrency) = (2, 4));
        using var here = pool.Pools.Use();

        var places = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Work.PidAsync())).Patiently();

        Assert.InRange(places.Distinct().Count(), 1, 2);
        await pool.UntilAsync(s => s is { Running: 0, Waiting: 0 });
    }

    [Fact]
    public async Task Loss_24_pools_of_one_name_in_one_process_do_not_meet()
    {
        await using var one = await ElixirPool.StartAsync(o => o.Max = 1);
        await using var other = await ElixirPool.StartAsync(o => o.Max = 1);
        int[] places = [await PidAsync(one), await PidAsync(other)];

        Assert.NotEqual(places[0], places[1]);
        await one.Pools.DisposeAsync();
        Assert.Equal(places[1], await PidAsync(other));

        static async Task<int> PidAsync(ElixirPool pool)
        {
            using var here = pool.Pools.Use();
            return await Work.PidAsync().Patiently();
        }
    }

    [Fact]
    public async Task Loss_56_pool_grows_beyond_its_first_executor()
    {
        await using var pool = await ElixirPool.StartAsync(o => o.Max = 3);
        using var here = pool.Pools.Use();
        await using var first = await Work.HeldAsync();
        await using var second = await Work.HeldAsync();
        await using var third = await Work.HeldAsync();

        Assert.Equal(3, new[] { first.Current, second.Current, third.Current }.Distinct().Count());
    }

    [Fact]
    public async Task Loss_58_long_boot_is_no_idle_time()
    {
        var (time, backend) = Clocked();
        await using var pool = await ElixirPool.StartAsync(
            o => (o.Max, o.IdleShutdownAfter, o.BootTimeout) = (1, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)), backend, ElixirPool.OnClock(time));
        using var here = pool.Pools.Use();
        using var boots = backend.HoldBoots();
        var call = Work.PidAsync();
        await pool.UntilAsync(s => s.Booting == 1);

        await PassAsync(time, seconds: 60);
        boots.Dispose();

        await call.Patiently();
        Assert.Equal("main/1", Assert.Single(backend.Alive));
    }

    [Fact]
    public async Task Loss_60_single_use_executors_are_replaced_up_to_the_minimum()
    {
        var backend = new InProcessBackend();
        await using var pool = await ElixirPool.StartAsync(o => (o.Min, o.Max, o.SingleUse) = (2, 4, true), backend);
        using var here = pool.Pools.Use();

        for (var call = 0; call < 4; call++) await Work.PidAsync().Patiently();

        await pool.UntilAsync(s => s is { Ready: 2, Count: 2 });
        Assert.DoesNotContain("main/1", backend.Alive);
    }

    [Fact]
    public async Task Loss_63_caller_is_told_in_words_how_its_executor_ended()
    {
        await using var pool = await ElixirPool.StartAsync(o => o.Max = 1);
        using var here = pool.Pools.Use();

        var lost = await Assert.ThrowsAsync<ExecutorLostException>(() => Work.KillItselfAsync().Patiently());

        Assert.Contains("SIGKILL", lost.Reason, StringComparison.Ordinal);
        Assert.Equal(("main/1", true), (lost.Executor, lost.MayHaveRun));
    }

    [Fact]
    public async Task Loss_64_executors_are_never_more_than_Max_however_they_come_and_go()
    {
        var (backend, sizes) = (new InProcessBackend(), new ConcurrentQueue<int>());
        await using var pool = await ElixirPool.StartAsync(
            o => (o.Max, o.IdleShutdownAfter, o.OnGrowStart) = (3, TimeSpan.FromMilliseconds(1), size => sizes.Enqueue(Math.Max(size.Count, backend.Alive.Count))), backend);
        using var here = pool.Pools.Use();

        for (var round = 0; round < 10; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => Work.PidAsync())).Patiently();
            if (round % 2 == 0) await pool.UntilAsync(s => s.Count == 0);
        }

        Assert.InRange(sizes.Count, 6, int.MaxValue);
        Assert.All(sizes, size => Assert.InRange(size, 1, 3));
    }

    [Fact]
    public async Task Loss_66_executor_that_is_killed_while_others_wait_takes_its_own_calls_and_nothing_else()
    {
        await using var pool = await ElixirPool.StartAsync(o => (o.Max, o.MaxConcurrency) = (1, 2));
        using var here = pool.Pools.Use();
        IAsyncEnumerator<int>[] held = [await Work.HeldAsync(), await Work.HeldAsync()];
        var waiting = Enumerable.Range(0, 8).Select(_ => Work.PidAsync()).ToArray();
        await pool.UntilAsync(s => s.Waiting == 8);

        await Signals.KillAsync(held[0].Current);

        var killed = held[0].Current;
        foreach (var call in held) await Assert.ThrowsAsync<ExecutorLostException>(() => call.MoveNextAsync().AsTask().Patiently());
        Assert.DoesNotContain(killed, await Task.WhenAll(waiting).Patiently());
        await pool.UntilAsync(s => s is { Ready: 1, Running: 0, Waiting: 0 });
    }

    [Fact]
    public async Task Loss_67_backend_that_cannot_boot_is_asked_ever_more_rarely_and_the_caller_is_told()
    {
        var (time, backend) = (new FakeTimeProvider(), new RefusingBackend());
        await using var pool = await ElixirPool.StartAsync(o => (o.Max, o.BootTimeout) = (1, TimeSpan.FromSeconds(30)), backend, ElixirPool.OnClock(time));
        using var here = pool.Pools.Use();

        var call = Work.PidAsync();
        while (!call.IsCompleted)
        {
            await pool.UntilAsync(s => s.Booting == 0 || call.IsCompleted);
            time.Advance(TimeSpan.FromMilliseconds(250));
        }

        var error = await Assert.ThrowsAsync<BootFailedException>(() => call);
        Assert.Contains("the account is closed", error.Message, StringComparison.Ordinal);
        Assert.InRange(backend.Asked, 2, 12);
    }

    [Fact]
    public async Task Loss_46_limit_of_calls_is_an_option_of_the_pool()
    {
        var (time, backend) = Clocked();
        await using var pool = await ElixirPool.StartAsync(o => o.Timeout = TimeSpan.FromSeconds(5), backend, ElixirPool.OnClock(time));
        using var here = pool.Pools.Use();

        await Work.PidAsync().Patiently();
        var call = Work.HangAsync(CancellationToken.None);
        while (!call.IsCompleted) await PassAsync(time, seconds: 1);

        var error = await Assert.ThrowsAsync<CallTimeoutException>(() => call);
        Assert.Equal((CallPhase.Execution, TimeSpan.FromSeconds(5)), (error.Phase, error.Budget));
    }

    [Fact]
    public async Task Loss_73_slow_boot_costs_nothing_of_the_limit_of_the_call()
    {
        var (time, backend) = Clocked();
        await using var pool = await ElixirPool.StartAsync(
            o => (o.Timeout, o.BootTimeout) = (TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)), backend, ElixirPool.OnClock(time));
        using var here = pool.Pools.Use();
        using var boots = backend.HoldBoots();
        var call = Work.PidAsync();
        await pool.UntilAsync(s => s.Booting == 1);

        await PassAsync(time, seconds: 60);
        Assert.False(call.IsCompleted);
        boots.Dispose();

        Assert.Equal(Environment.ProcessId, await call.Patiently());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Loss_49_minimum_of_a_parent_that_is_replaced_goes_with_it(bool killed)
    {
        string[] load = ["host", "load", "stay", "min=2", "max=2", "concurrency=4"];
        await using var blue = AppProcess.Start(load);
        await blue.NextAsync("loaded");
        await using var green = AppProcess.Start(load);
        await green.NextAsync("loaded");

        await (killed ? blue.KillAsync() : blue.TermAsync());

        await blue.EndAsync();
        await blue.NothingIsLeftAsync();
        Assert.Equal(2, green.Started().Count);
        await green.TermAsync();
        Assert.Equal(0, await green.EndAsync());
        Assert.Empty(green.Started());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Loss_70_nothing_is_left_on_disk(bool killed)
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            await RunAsync(folder, killed);

            // What a killed parent had to leave goes with the next one.
            if (killed) await RunAsync(folder, killed: false);
            Assert.Empty(folder.EnumerateFileSystemInfos("flame*", SearchOption.AllDirectories));
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        static async Task RunAsync(DirectoryInfo folder, bool killed)
        {
            await using var app = AppProcess.Start(AppProcess.Path, ["host", "load", "stay"], ("TMPDIR", folder.FullName));
            await app.NextAsync("loaded");
            Assert.NotEmpty(folder.EnumerateFileSystemInfos("flame*", SearchOption.AllDirectories));
            await (killed ? app.KillAsync() : app.TermAsync());
            await app.EndAsync();
            await app.NothingIsLeftAsync();
        }
    }

    private static (FakeTimeProvider Time, InProcessBackend Backend) Clocked()
    {
        var time = new FakeTimeProvider();
        return (time, new InProcessBackend(time: time));
    }

    private static async Task PassAsync(FakeTimeProvider time, int seconds)
    {
        for (var second = 0; second < seconds; second++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
    }

    private sealed class RefusingBackend : FlameBackend
    {
        private int _asked;

        public int Asked => Volatile.Read(ref _asked);

        public override string Name => "refusing";

        public override Task<BackendExecutor> StartAsync(BootRequest request, CancellationToken ct)
        {
            Interlocked.Increment(ref _asked);
            throw new BackendException("the account is closed");
        }
    }
}
