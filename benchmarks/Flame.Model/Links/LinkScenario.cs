using Flame.Backends;
using Flame.Links;
using Microsoft.Extensions.Logging.Abstractions;

namespace Flame.Model;

/// <summary>A pool from its start to its end: a few calls of all kinds at the same time, and what is promised of them.</summary>
internal sealed class LinkScenario(World world)
{
    // Longer than it takes to find out that an executor is silent.
    private const int MostSeconds = 60;

    private static readonly ExceptionRebuilder s_exceptions = new();

    private readonly Books _books = new(world);
    private FlamePool _pool = null!;
    private int _concurrency;

    public async Task RunAsync()
    {
        _pool = Pool();
        var played = new LinkCalls(world, _books, _pool);
        var started = _pool.StartAsync(CancellationToken.None);
        var calls = new List<Task>();
        for (var left = world.Choose(4, "more calls"); left >= 0; left--)
        {
            var entry = _books.New();
            calls.Add(Strands.Run($"call {entry.Number}", () => played.CallAsync(entry)));
        }

        var early = world.Choose(5, "the pool ends early") == 1 ? Strands.Run("the end of the pool", DrainAsync) : null;
        await Task.WhenAll(calls).Controlled();
        if (early is null && !world.Rules.Hasty) await CheckSlotsAsync().Controlled();
        await (early ?? DrainAsync()).Controlled();
        try
        {
            await started.Controlled();
        }
        catch (FlameException)
        {
        }

        CheckEnd();
    }

    private FlamePool Pool()
    {
        _concurrency = 1 + world.Choose(2, "concurrency");
        _books.TroublesLeft = world.Choose(4, "troubles");
        var max = 1 + world.Choose(3, "more executors");
        var options = new FlamePoolOptions
        {
            Max = max,
            MaxConcurrency = _concurrency,
            Min = world.Choose(4, "a minimum") == 1 ? 1 : 0,
            Buffer = world.Choose(4, "a buffer") == 1 ? 1 : 0,
            SingleUse = _concurrency == 1 && world.Choose(4, "single use") == 1,
            QueueLimit = world.Choose(6, "a short queue") == 1 ? 1 : 100,
            IdempotentRetries = ModelBackend.Retries,
            IdleShutdownAfter = TimeSpan.FromSeconds(2),
            BootTimeout = TimeSpan.FromSeconds(10),
            ShutdownTimeout = TimeSpan.FromSeconds(10),
        };
        var backend = new ModelBackend(world, _books, _concurrency);
        backend.Door = new LinkAcceptor(new PipeCarrier(), world.Clock, TimeSpan.FromSeconds(5), NullLogger.Instance);
        var opening = new BackendOpening([], "0", NullLoggerFactory.Instance, world.Clock);
        return new FlamePool("model", options, new PoolSurroundings(world.Clock, NullLoggerFactory.Instance, new OpenBackend(backend, backend.Door, opening), s_exceptions, TimeSpan.FromSeconds(5)));
    }

    private Task DrainAsync()
    {
        _books.Draining = true;
        return _pool.DrainAsync();
    }

    /// <summary>When no executor has anything to do, no slot is taken.</summary>
    private async Task CheckSlotsAsync()
    {
        var seconds = 0;
        do await Task.Delay(TimeSpan.FromSeconds(1), world.Clock).Controlled();
        while (_books.Executors.Exists(static executor => executor.Held > 0) && ++seconds < MostSeconds);

        // One that has vanished is missed a little later.
        await Task.Delay(TimeSpan.FromSeconds(5), world.Clock).Controlled();
        if (_pool.GetStats() is { Running: > 0 } stats) world.Fail($"nobody runs a call, and {stats.Running} slots are taken");
    }

    private void CheckEnd()
    {
        var stats = _pool.GetStats();
        if ((stats.Ready, stats.Booting, stats.Draining, stats.Running, stats.Waiting) != (0, 0, 0, 0, 0)) world.Fail($"the pool has ended and is not empty: {stats}");
        foreach (var executor in _books.Executors)
        {
            if (!executor.IsGone) world.Fail($"the pool has ended and {executor.Description} has not");
            if (executor.Stops == 0) world.Fail($"nobody cleaned up after {executor.Description}");
        }
    }
}
