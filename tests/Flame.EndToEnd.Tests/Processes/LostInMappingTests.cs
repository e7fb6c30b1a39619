using Flame.EndToEnd.Tests.Calls;
using Flame.Mapping;

namespace Flame.EndToEnd.Tests.Processes;

public sealed class LostInMappingTests
{
    private const int Concurrency = 4;

    [Theory]
    [InlineData(FlameOrder.Input)]
    [InlineData(FlameOrder.Completion)]
    public async Task Killed_executor_fails_its_items_and_the_mapping_goes_on(FlameOrder order)
    {
        await using var pools = await TestPools.StartAsync(f => f.AddPool("main", p => (p.Min, p.Max, p.MaxConcurrency) = (2, 2, Concurrency)));
        var options = new FlameMapOptions { Order = order, OnError = FlameOnError.Collect };
        var map = new FlameMap<int, int>(
            Enumerable.Range(0, 3000), (x, _) => new(Sums.Remote.AddAsync(x, 1)), options, options.InFlight(pools["main"].Options), TestContext.Current.CancellationToken);
        var results = new List<FlameResult<int, int>>();
        ExecutorStats? victim = null;
        await foreach (var result in map)
        {
            results.Add(result);
            if (results.Count != 500) continue;
            victim = pools["main"].GetStats().Executors.First(e => e.BootTime is not null);
            await Signals.KillAsync(int.Parse(victim.Description.Split(' ')[1]));
        }

        Assert.Equal(Enumerable.Range(0, 3000), order == FlameOrder.Input ? results.Select(r => r.Input) : results.Select(r => r.Input).Order());
        Assert.All(results.Where(r => r.Succeeded), r => Assert.Equal(r.Input + 1, r.Value));
        var lost = results.Where(r => !r.Succeeded).ToArray();
        Assert.InRange(lost.Length, 0, Concurrency);
        Assert.All(lost, r => Assert.Equal(victim!.Name, Assert.IsType<ExecutorLostException>(r.Error).Executor));
    }

    [Fact]
    public async Task Killed_executor_ends_a_mapping_that_throws_and_its_other_calls()
    {
        using var gate = new Gate();
        await using var pools = await TestPools.StartAsync(f => f.AddPool("main", p => (p.Min, p.Max) = (2, 2)));
        var map = new FlameMap<int, int>(
            Enumerable.Range(0, 100), (_, ct) => new(Gates.Remote.PassAsync(gate.Port, ct)), new FlameMapOptions { Order = FlameOrder.Completion }, 2, TestContext.Current.CancellationToken);
        await using var results = map.GetAsyncEnumerator(TestContext.Current.CancellationToken);
        var first = results.MoveNextAsync().AsTask();
        var inside = await gate.NextAsync(2);
        await Signals.KillAsync(inside[0].Process);
        await Assert.ThrowsAsync<ExecutorLostException>(() => first.Patiently());
        await Patience.UntilAsync(() => pools["main"].GetStats() is { Running: 0, Waiting: 0 });
    }

    [Fact]
    public async Task Item_of_a_method_that_is_marked_idempotent_is_run_again_when_its_executor_is_lost()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            await using var pools = await TestPools.StartAsync(f => f.AddPool("main", p => p.Max = 1));
            string[] files = [Path.Combine(folder.FullName, "1"), Path.Combine(folder.FullName, "2")];
            var ends = new List<string>();
            await foreach (var result in pools.MapAsync("main", files, Crashes.ExitOnceAsync, ct: TestContext.Current.CancellationToken)) ends.Add(result.Value);
            Assert.Equal(["survived", "survived"], ends);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
