using Flame.EndToEnd.Tests.Processes;

namespace Flame.EndToEnd.Tests.Calls;

public sealed class BatchTests
{
    [Fact]
    public async Task Items_of_many_callers_travel_in_batches_to_another_process()
    {
        await using var pools = await TestPools.StartAsync(f => f.AddPool("main", p => p.Max = 2));
        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(x => Batches.Batched.LookAsync(x))).Patiently();
        Assert.Equal(Enumerable.Range(0, 100), answers.Select(a => a.Item));
        Assert.All(answers, a => Assert.NotEqual(Environment.ProcessId, a.Process));
        Assert.InRange(answers.Max(a => a.Size), 2, 8);
    }

    [Fact]
    public async Task Killed_executor_fails_all_callers_of_its_batch_and_the_next_batch_runs_elsewhere()
    {
        await using var pools = await TestPools.StartAsync(f => f.AddPool("main", p => (p.Min, p.Max) = (1, 1)));
        var calls = Enumerable.Range(0, 8).Select(x => Batches.Batched.StayAsync(x)).ToArray();
        await Patience.UntilAsync(() => pools["main"].GetStats().Running == 1);
        await Signals.KillAsync(int.Parse(pools["main"].GetStats().Executors.Single().Description.Split(' ')[1]));
        var errors = await Task.WhenAll(calls.Select(call => Assert.ThrowsAsync<ExecutorLostException>(() => call.Patiently())));
        Assert.Single(errors.Distinct());
        Assert.Equal(7, (await Batches.Batched.LookAsync(7).Patiently()).Item);
    }
}

internal static class Batches
{
    [Flame(Pool = "main"), FlameBatch(Max = 8)]
    public static Task<(int Item, int Size, int Process)[]> LookAsync(int[] items) =>
        Task.FromResult(items.Select(item => (item, items.Length, Environment.ProcessId)).ToArray());

    [Flame(Pool = "main"), FlameBatch(Max = 8)]
    public static async Task<int[]> StayAsync(int[] items)
    {
        await new TaskCompletionSource().Task;
        return items;
    }
}
