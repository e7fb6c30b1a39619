using Flame.Links;
using Microsoft.Extensions.Time.Testing;

namespace Flame.Executor.Tests.Links;

/// <summary>A real parent whose executors are played by the test.</summary>
internal sealed class ScriptedPool : IAsyncDisposable
{
    private readonly IDisposable _use;

    private ScriptedPool(FakeTimeProvider time, ScriptedExecutors backend, LogRecorder log, FlamePools pools)
    {
        (Time, Backend, Log, Pools) = (time, backend, log, pools);
        _use = pools.Use();
    }

    public FakeTimeProvider Time { get; }

    public ScriptedExecutors Backend { get; }

    public LogRecorder Log { get; }

    public FlamePools Pools { get; }

    public FlamePoolStats Stats => Pools["test"].GetStats();

    /// <summary>Not asynchronous, so that <see cref="FlamePools.Use"/> holds in the test itself.</summary>
    public static ScriptedPool Start(LinkCarrier carrier, Action<FlamePoolOptions>? configure = null, Action<FlameBuilder>? more = null)
    {
        var (time, backend, log) = (new FakeTimeProvider(), new ScriptedExecutors(carrier), new LogRecorder());
        var started = FlameApplication.StartAsync(
            flame =>
            {
                flame.Time = time;
                flame.AddPool(
                    "test",
                    o =>
                    {
                        (o.Max, o.MaxConcurrency) = (1, 16);
                        configure?.Invoke(o);
                    },
                    backend);
                more?.Invoke(flame);
            },
            loggers: log);
        Assert.True(started.IsCompletedSuccessfully, "a pool without a minimum starts at once");
        return new ScriptedPool(time, backend, log, started.Result);
    }

    public async ValueTask DisposeAsync()
    {
        _use.Dispose();
        var disposed = Pools.DisposeAsync().AsTask();
        while (!disposed.IsCompleted)
        {
            Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await disposed.Patiently();
    }
}
