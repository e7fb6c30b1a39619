using Flame.Backends;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Flame.Executor.Tests.InProcess;

/// <summary>Backends are opened before anything boots and disposed after everything has ended.</summary>
public sealed class OpeningTests
{
    private const string OpenOnce = "open, start test/1, dispose with 0 alive";

    [Fact]
    public async Task Backend_is_opened_once_with_its_pools_before_any_boot_and_disposed_once_after_the_last_end()
    {
        var time = new FakeTimeProvider();
        var (one, other) = (new OpenedBackend("one"), new OpenedBackend("other"));
        var pools = await StartAsync(flame =>
        {
            flame.Time = time;
            flame.AddPool("test", o => (o.Min, o.Max) = (1, 2), one).AddPool("second", o => o.Resources.Gpus = 3, one).AddPool("third", backend: other);
        });
        Assert.Equal(["open", "start test/1"], one.Diary);
        Assert.Equal(["open"], other.Diary);
        await DisposeAsync(pools, time);
        await pools.DisposeAsync();

        Assert.Equal(OpenOnce, string.Join(", ", one.Diary));
        Assert.Equal("open, dispose with 0 alive", string.Join(", ", other.Diary));
        var (opening, others) = (Assert.Single(one.Openings), Assert.Single(other.Openings));
        Assert.Equal(["second", "test"], opening.Pools.Select(p => p.Name).Order(StringComparer.Ordinal));
        Assert.Equal((2, 3), (opening.Pools.Single(p => p.Name == "test").Options.Max, opening.Pools.Single(p => p.Name == "second").Options.Resources.Gpus));
        Assert.Equal(["third"], others.Pools.Select(p => p.Name).Where(p => p != FlamePoolOptions.DefaultPoolName));
        Assert.Matches("^[0-9a-f]{16}$", opening.Run);
        Assert.Equal((opening.Run, time), (others.Run, opening.Time));
    }

    [Fact]
    public async Task Runs_have_names_of_their_own()
    {
        var backend = new OpenedBackend("one");
        for (var run = 0; run < 2; run++) await (await StartAsync(flame => flame.AddPool("test", backend: backend))).DisposeAsync();
        Assert.Equal(2, backend.Openings.Select(o => o.Run).Distinct().Count());
        Assert.Equal("open, dispose with 0 alive, open, dispose with 0 alive", string.Join(", ", backend.Diary));
    }

    [Fact]
    public async Task Problems_of_all_backends_and_pools_are_thrown_together_and_nothing_boots()
    {
        var one = new OpenedBackend("one", Problems);
        var other = new OpenedBackend("other", async (opening, turn, ct) =>
        {
            await Task.Yield();
            await Problems(opening, turn, ct);
        });
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(flame =>
            flame.AddPool("test", o => o.Min = 1, one).AddPool("second", backend: one).AddPool("third", o => o.Min = 1, other)));

        Assert.Equal(["one second", "one test", "other third"], error.Failures.Order(StringComparer.Ordinal));
        Assert.All([one, other], backend => Assert.Equal("open, dispose with 0 alive", string.Join(", ", backend.Diary)));

        static Task Problems(BackendOpening opening, int turn, CancellationToken ct)
        {
            foreach (var pool in opening.Pools) opening.Problem($"{(pool.Name == "third" ? "other" : "one")} {pool.Name}");
            return Task.CompletedTask;
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Backend_that_throws_fails_the_start_with_its_exception_and_nothing_boots(bool atOnce)
    {
        var reason = new BackendException("the platform has no such account");
        var broken = new OpenedBackend("broken", (_, _, _) => atOnce ? throw reason : Task.FromException(reason));
        var sound = new OpenedBackend("sound");

        Assert.Same(reason, await Assert.ThrowsAsync<BackendException>(() => StartAsync(flame =>
            flame.AddPool("second", o => o.Min = 1, sound).AddPool("test", o => o.Min = 1, broken))));
        Assert.All([broken, sound], backend => Assert.Equal("open, dispose with 0 alive", string.Join(", ", backend.Diary)));
    }

    [Fact]
    public async Task Backend_that_was_never_opened_is_not_disposed()
    {
        var (used, unused) = (new OpenedBackend("used"), new OpenedBackend("unused"));
        await (await StartAsync(flame => flame.UseBackend(unused).AddPool("test", backend: used).AddPool("default", backend: used))).DisposeAsync();
        Assert.Empty(unused.Diary);

        var builder = new FlameBuilder();
        builder.AddPool("test", backend: unused);
        await new FlamePools(builder, NullLoggerFactory.Instance).DisposeAsync();
        Assert.Empty(unused.Diary);
    }

    [Fact]
    public async Task Backend_that_throws_at_its_end_keeps_no_other_open_and_is_logged()
    {
        var (broken, sound) = (new OpenedBackend("broken", atEnd: new BackendException("the platform is away")), new OpenedBackend("sound"));
        var log = new Links.LogRecorder();
        var pools = await FlameApplication.StartAsync(
            flame => flame.AddPool("test", o => o.Min = 1, broken).AddPool("second", o => o.Min = 1, sound), loggers: log, ct: TestContext.Current.CancellationToken);

        await pools.DisposeAsync();

        Assert.Equal("open, start second/1, dispose with 0 alive", string.Join(", ", sound.Diary));
        Assert.Equal(OpenOnce, string.Join(", ", broken.Diary));
        Assert.True(log.Has("FLM3019 backend broken could not be closed"));
    }

    [Fact]
    public async Task Start_that_is_given_up_ends_the_opening_that_it_waits_for()
    {
        using var cancel = new CancellationTokenSource();
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var backend = new OpenedBackend("slow", (_, _, ct) =>
        {
            entered.SetResult();
            return Task.Delay(Timeout.InfiniteTimeSpan, ct);
        });
        var started = StartAsync(flame => flame.AddPool("test", o => o.Min = 1, backend), cancel.Token);
        await entered.Task;
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => started.WaitAsync(TimeSpan.FromMinutes(1)));
        Assert.Equal("open, dispose with 0 alive", string.Join(", ", backend.Diary));
    }

    [Fact]
    public async Task Backend_of_an_executors_own_pools_is_opened_when_the_first_of_them_boots()
    {
        var backend = new OpenedBackend("nested");
        await using var pools = await NestedAsync(backend);
        using var use = pools.Use();
        await Nesting.PlainAsync(1);
        Assert.Equal("open, start test/1", string.Join(", ", backend.Diary));

        await Nesting.DeepAsync(1);
        await Nesting.DeepAsync(1);
        Assert.Equal("open, start test/1, open, start test/1/test/1", string.Join(", ", backend.Diary));
        Assert.Equal([1, 0], backend.Openings.Select(o => o.Pools.Single(p => p.Name == "test").Options.Min));
    }

    [Fact]
    public async Task Problem_in_an_executor_is_the_failure_of_the_call_that_needed_the_backend()
    {
        var backend = new OpenedBackend("nested", (opening, turn, _) =>
        {
            if (turn > 1) opening.Problem("FLM1103: Flame:Pools:test:Resources:Gpus — there are none here.");
            return Task.CompletedTask;
        });
        await using var pools = await NestedAsync(backend);
        using var use = pools.Use();

        foreach (var turn in (int[])[1, 2])
        {
            // Sooner than boots that fail are given up.
            var error = await Assert.ThrowsAsync<RemoteException>(() => Nesting.DeepAsync(1).WaitAsync(TimeSpan.FromMinutes(2)));
            Assert.Contains("FLM1103: Flame:Pools:test:Resources:Gpus — there are none here.", error.Message, StringComparison.Ordinal);
        }

        Assert.Equal(0, await Nesting.DeepAsync(0));
        Assert.Equal("open, start test/1, open", string.Join(", ", backend.Diary));
    }

    [Fact]
    public async Task Opening_that_throws_in_an_executor_is_tried_again_by_the_next_boot()
    {
        var backend = new OpenedBackend("nested", (_, turn, _) => turn == 2 ? throw new BackendException("the platform is not there yet") : Task.CompletedTask);
        await using var pools = await NestedAsync(backend);
        using var use = pools.Use();

        Assert.Equal(1, await Nesting.DeepAsync(1).WaitAsync(TimeSpan.FromMinutes(1)));
        Assert.Equal("open, start test/1, open, open, start test/1/test/2", string.Join(", ", backend.Diary));
    }

    [Fact]
    public async Task Executor_of_this_process_that_ends_leaves_the_backend_to_its_parent()
    {
        var backend = new OpenedBackend("nested");
        var pools = await NestedAsync(backend);
        using (pools.Use())
        {
            await Nesting.DeepAsync(1);
            Assert.True(backend.Inner.Drain("test/1"));
            while (backend.Inner.Alive.Contains("test/1")) await Task.Delay(1, TestContext.Current.CancellationToken);
            Assert.DoesNotContain(backend.Diary, line => line.StartsWith("dispose", StringComparison.Ordinal));
            await Nesting.PlainAsync(1);
        }

        await pools.DisposeAsync();
        Assert.Equal("dispose with 0 alive", Assert.Single(backend.Diary, line => line.StartsWith("dispose", StringComparison.Ordinal)));
    }

    private static Task<FlamePools> StartAsync(Action<FlameBuilder> configure, CancellationToken ct = default) => FlameApplication.StartAsync(configure, ct: ct);

    private static Task<FlamePools> NestedAsync(OpenedBackend backend) => StartAsync(flame =>
    {
        flame.PoolsInExecutors = true;
        flame.AddPool("test", o => (o.Min, o.Max, o.MaxConcurrency, o.BootTimeout) = (1, 1, 1, TimeSpan.FromHours(1)), backend);
    });

    private static async Task DisposeAsync(FlamePools pools, FakeTimeProvider time)
    {
        var disposed = pools.DisposeAsync().AsTask();
        while (!disposed.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
    }
}
