using BenchmarkDotNet.Attributes;
using Flame.CompilerServices;

namespace Flame.Benchmarks.Micro;

/// <summary>A call that is intercepted and stays where it is, as inside an executor, against the method itself.</summary>
public class CallsInPlace
{
    private readonly Request _request = new(20, 22, "hello, flame");
    private FlamePools _pools = null!;
    private IDisposable? _here;

    [GlobalSetup]
    public void Setup()
    {
        _pools = FlameApplication.StartAsync(flame =>
        {
            flame.Mode = FlameMode.Local;
            foreach (var method in MethodTable.Snapshot()) flame.AddPool(method.Pool ?? FlamePoolOptions.DefaultPoolName);
        }).GetAwaiter().GetResult();
        _here = _pools.Use();
    }

    [GlobalCleanup]
    public async Task Cleanup()
    {
        _here?.Dispose();
        await _pools.DisposeAsync();
    }

    [Benchmark(Baseline = true)]
    public Task<Response> Direct() => Echo.Local.OverSocketAsync(_request);

    [Benchmark]
    public Task<Response> Intercepted() => Echo.OverSocketAsync(_request);
}
