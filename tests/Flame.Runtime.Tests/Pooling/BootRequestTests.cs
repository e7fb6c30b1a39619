using Flame.Backends;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Flame.Tests.Pooling;

/// <summary>What a backend is told of a boot, and what it can say of one.</summary>
public sealed class BootRequestTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly ScriptedBackend _backend = new();
    private readonly TaskCompletionSource<Exception?> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly FlamePools _pools;

    public BootRequestTests()
    {
        var builder = new FlameBuilder { Time = _time };
        builder.AddPool(
            "default",
            pool =>
            {
                (pool.Min, pool.Max, pool.BootTimeout, pool.ShutdownTimeout) = (1, 1, TimeSpan.FromSeconds(45), TimeSpan.FromSeconds(12));
                (pool.Resources.Cpus, pool.Resources.MemoryMiB, pool.Resources.Gpus, pool.Resources.GpuKind) = (1.5, 2048, 2, "a10");
                pool.OnGrowEnd = (_, error) => _ended.TrySetResult(error);
            },
            _backend);
        _pools = new FlamePools(builder, NullLoggerFactory.Instance);
    }

    private static CancellationToken Patience => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Request_has_what_the_pool_was_told()
    {
        var request = (await BootAsync()).Request;
        Assert.Equal(("default", "default/1", _time), (request.Pool, request.Executor, request.Time));
        Assert.Equal((TimeSpan.FromSeconds(45), TimeSpan.FromSeconds(12)), (request.BootTimeout, request.ShutdownTimeout));
        Assert.Equal((1.5, 2048, 2, "a10"), (request.Resources.Cpus, request.Resources.MemoryMiB, request.Resources.Gpus, request.Resources.GpuKind));
        Assert.DoesNotContain(FlameParent.Parse(request.ParentVariable).Token, $"{request}", StringComparison.Ordinal);
    }

    [Fact]
    public void Request_without_more_has_the_defaults_of_a_pool()
    {
        var (request, pool) = (new BootRequest("a", "a/1", "", static _ => { }), new FlamePoolOptions());
        request.Report("nobody asked");
        Assert.Equal((pool.BootTimeout, pool.ShutdownTimeout, TimeProvider.System), (request.BootTimeout, request.ShutdownTimeout, request.Time));
        Assert.Equal(pool.Resources.Gpus, request.Resources.Gpus);
    }

    [Fact]
    public async Task Boot_that_runs_out_of_time_says_what_it_waited_for_last()
    {
        var boot = await BootAsync();
        boot.Request.Report("waits for a node");
        boot.Made.SetResult(boot);
        await MadeAsync();
        boot.Request.Report("waits for its image");
        _time.Advance(TimeSpan.FromSeconds(45));
        await FailsAsync("it was not ready within 45 s (BootTimeout); scripted executor waits for its image");
    }

    [Fact]
    public async Task Boot_that_runs_out_of_time_before_anything_was_made_says_what_it_waited_for()
    {
        var boot = await BootAsync();
        boot.Request.Report("waits for the platform's rate limit");
        _time.Advance(TimeSpan.FromSeconds(45));
        await FailsAsync("it was not ready within 45 s (BootTimeout); it waits for the platform's rate limit");
    }

    [Fact]
    public async Task Boot_that_runs_out_of_time_with_nothing_said_says_no_more()
    {
        await BootAsync();
        _time.Advance(TimeSpan.FromSeconds(45));
        Assert.EndsWith("it was not ready within 45 s (BootTimeout)", (await ErrorAsync()).TrimEnd('.'), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Boot_that_fails_by_itself_says_its_own_words()
    {
        var boot = await BootAsync();
        boot.Request.Report("waits for its image");
        boot.Fail("the quota is used up");
        Assert.DoesNotContain("waits for", await ErrorAsync(), StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        var disposed = _pools.DisposeAsync().AsTask();
        while (!disposed.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
    }

    private async Task<ScriptedBoot> BootAsync()
    {
        _ = _pools.StartAsync(Patience);
        return await _backend.NextAsync();
    }

    /// <summary>Waits until the pool has what was made.</summary>
    private async Task MadeAsync()
    {
        while (_pools["default"].GetStats().Executors is not [{ Description: "scripted executor" }])
        {
            Patience.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private async Task FailsAsync(string words) => Assert.Contains(words, await ErrorAsync(), StringComparison.Ordinal);

    private async Task<string> ErrorAsync() => Assert.IsType<BootFailedException>(await _ended.Task.WaitAsync(Patience)).Message;
}
