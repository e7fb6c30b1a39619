using BenchmarkDotNet.Attributes;
using Flame.CompilerServices;
using Flame.Executor;

namespace Flame.Benchmarks.Micro;

/// <summary>A call through everything but a process and its connection: pool, link, frames, executor, codecs, method.</summary>
public class CallsInProcess
{
    private readonly Request _request = new(20, 22, "hello, flame");
    private FlamePools _pools = null!;

    [GlobalSetup]
    public async Task Setup() => _pools = await FlameApplication.StartAsync(flame =>
    {
        flame.UseBackend(new InProcessBackend());
        foreach (var method in MethodTable.Snapshot()) flame.AddPool(method.Pool ?? FlamePoolOptions.DefaultPoolName, pool => pool.Min = 0);
    });

    [GlobalCleanup]
    public async Task Cleanup() => await _pools.DisposeAsync();

    /// <summary>Many, so that what waits for the last of them to end does not count.</summary>
    [Benchmark(OperationsPerInvoke = 1_000)]
    public async Task One_at_a_time()
    {
        using var here = _pools.Use();
        for (var i = 0; i < 1_000; i++) await Echo.OverSocketAsync(_request);
    }
}
