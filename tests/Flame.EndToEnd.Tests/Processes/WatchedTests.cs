using Flame.EndToEnd.Tests.Calls;
using Flame.Observation;

namespace Flame.EndToEnd.Tests.Processes;

/// <summary>What is seen of executors that are processes of their own.</summary>
public sealed class WatchedTests
{
    [Fact]
    public async Task Executor_says_what_it_uses_and_where_its_boot_went()
    {
        await using var pools = await TestPools.StartAsync(f =>
        {
            f.Heartbeat = TimeSpan.FromMilliseconds(100);
            f.AddPool("main", p => p.Max = 1);
        });
        using var _ = pools.Use();
        var observer = pools.Observe();
        var process = await Sums.ProcessAsync().Patiently();
        await Patience.UntilAsync(() => Executor(observer) is { Cpu: not null });
        var executor = Executor(observer);
        Assert.Equal($"process {process}", executor.Description);
        Assert.InRange(executor.MemoryBytes!.Value, 10_000_000, 2_000_000_000);
        Assert.InRange(executor.Cpu!.Value, 0, Environment.ProcessorCount + 1.0);
        Assert.Equal(["runtime", "connect", "enter"], executor.Boot.Select(static part => part.Name));
        Assert.InRange(executor.Boot.Sum(static part => part.Seconds), 0, executor.BootSeconds!.Value + 0.001);
        Assert.Equal(["runtime", "connect", "enter"], Assert.Single(observer.Calls(new CallFilter())).Boot.Select(static part => part.Name));
    }

    [Fact]
    public async Task Lines_of_an_executor_are_seen_though_nobody_logs_them_and_those_of_a_call_are_of_its_time()
    {
        await using var pools = await TestPools.StartAsync(f => f.AddPool("main", p => p.Max = 1));
        using var _ = pools.Use();
        var observer = pools.Observe();
        var next = observer.NewLineAsync(0, TestContext.Current.CancellationToken);
        await Speaker.PrintAsync("first").Patiently();
        await next.Patiently();
        await LinesAsync("first error");
        await Speaker.PrintAsync("second").Patiently();
        await LinesAsync("second error");
        Assert.Equal(["stdout", "stderr"], observer.Lines("main/1", null, 0, 100).Where(static line => line.Text is "first out" or "first error").Select(static line => line.Level).Order().Reverse());
        Assert.Empty(observer.Lines("main/2", null, 0, 100));
        var last = observer.Lines(null, null, 0, 100)[^1];
        Assert.Equal(last, Assert.Single(observer.Lines(null, null, last.Number - 1, 100)));
        Assert.Single(observer.Lines(null, null, 0, 1));

        var second = observer.Calls(new CallFilter())[0];
        Assert.DoesNotContain(observer.Lines(null, second.Id, 0, 100), static line => line.Text == "first out");

        Task LinesAsync(string words) => Patience.UntilAsync(() => observer.Lines(null, null, 0, 100).Any(line => line.Text == words));
    }

    [Fact]
    public async Task Killed_executor_is_seen_with_its_reason_and_its_call_as_failed()
    {
        await using var pools = await TestPools.StartAsync(f => f.AddPool("main", p => p.Max = 1));
        using var _ = pools.Use();
        var observer = pools.Observe();
        var process = await Sums.ProcessAsync().Patiently();
        var call = Work.PassAsync("never");
        await Patience.UntilAsync(() => observer.Calls(new CallFilter(State: "running")).Length == 1);
        await Signals.KillAsync(process);
        await Assert.ThrowsAsync<ExecutorLostException>(() => call.Patiently());
        await Patience.UntilAsync(() => Executor(observer) is { State: "gone" });
        Assert.Contains("SIGKILL", Executor(observer).ExitReason, StringComparison.Ordinal);
        var failed = Assert.Single(observer.Calls(new CallFilter(State: "failed")));
        Assert.StartsWith("ExecutorLostException: FLM2004", failed.Error, StringComparison.Ordinal);
        Assert.Equal("main/1", failed.Executor);
    }

    private static ExecutorView Executor(Observer observer) => observer.Look().Pools.Single(static pool => pool.Name == "main").Executors.Single();
}
