using Flame.EndToEnd.Tests.Calls;
using Microsoft.Extensions.Logging;

namespace Flame.EndToEnd.Tests.Limits;

public sealed class BlockedPoolTests
{
    private const int Blocked = 600;

    [Fact]
    public async Task Executor_whose_thread_pool_is_blocked_says_so()
    {
        var (key, log) = (Guid.NewGuid().ToString(), new LogRecorder());
        await using var pools = await TestPools.StartAsync(f => f.AddPool("main", p => (p.Max, p.MaxConcurrency) = (1, Blocked + 10)), log);
        using var _ = pools.Use();
        var blocked = Enumerable.Range(0, Blocked).Select(_ => Blocking.BlockAsync(key)).ToArray();
        var line = await log.WhenAsync("FLM3017");
        Assert.Equal(("Flame.Executor.main", LogLevel.Warning, 3017), (line.Category, line.Level, line.EventId));
        await Blocking.OpenAsync(key).Patiently();
        await Task.WhenAll(blocked).Patiently();
    }

    [Fact]
    public async Task Threads_that_the_pool_was_given_are_taken_back_when_it_is_calm()
    {
        ThreadPool.GetMinThreads(out var before, out var _);
        await using var pools = await TestPools.StartAsync(f => f.AddPool("main", p => p.Min = 1));
        using (new BlockedThreads(Blocked)) await Patience.UntilAsync(() => Minimum() > before);
        await Patience.UntilAsync(() => Minimum() == before);
    }

    private static int Minimum()
    {
        ThreadPool.GetMinThreads(out var minimum, out _);
        return minimum;
    }
}
