using Flame.Executor.Tests.Live;
using Flame.Links;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Flame.Executor.Tests.InProcess;

/// <summary>A pool as a user's test has it: in this process, with a clock that goes when told to.</summary>
internal sealed class InProcessPool : IAsyncDisposable
{
    private readonly IDisposable _use;

    private InProcessPool(FakeTimeProvider time, InProcessBackend backend, Gates gates, Disposals disposals, FlamePools pools)
    {
        (Time, Backend, Gates, Disposals, Pools) = (time, backend, gates, disposals, pools);
        _use = pools.Use();
    }

    public static CancellationToken Patience => TestContext.Current.CancellationToken;

    public FakeTimeProvider Time { get; }

    public InProcessBackend Backend { get; }

    public Gates Gates { get; }

    public Disposals Disposals { get; }

    public FlamePools Pools { get; }

    public FlamePoolStats Stats => Pools["test"].GetStats();

    /// <summary>Not asynchronous, so that <see cref="FlamePools.Use"/> holds in the test itself.</summary>
    public static InProcessPool Start(Action<FlamePoolOptions>? configure = null, LinkCarrier? carrier = null, Flood? flood = null, Action<FlameBuilder>? more = null, ILoggerFactory? loggers = null)
    {
        var (time, gates, disposals) = (new FakeTimeProvider(), new Gates(), new Disposals());
        var backend = new InProcessBackend(carrier ?? new PipeCarrier(), services => services.AddSingleton(gates).AddSingleton(disposals).AddScoped<CallScope>().AddSingleton<Made>().AddSingleton(flood ?? new Flood()).AddFlameProxy<IStudio, Studio>());
        var started = FlameApplication.StartAsync(flame =>
        {
            flame.Time = time;
            flame.AddPool("test", configure, backend);
            more?.Invoke(flame);
        }, loggers: loggers);
        Assert.True(started.IsCompletedSuccessfully, "a pool without a minimum starts at once");
        return new InProcessPool(time, backend, gates, disposals, started.Result);
    }

    public async Task UntilAsync(Func<FlamePoolStats, bool> reached)
    {
        while (!reached(Stats))
        {
            Patience.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _use.Dispose();
        foreach (var gate in Gates.ByName.Values) gate.Open();
        var disposed = Pools.DisposeAsync().AsTask();
        while (!disposed.IsCompleted)
        {
            Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await disposed;
    }
}
