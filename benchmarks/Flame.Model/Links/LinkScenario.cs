using Flame.Backends;
using Flame.CompilerServices;
using Flame.Links;
using MemoryPack;
using Microsoft.Extensions.Logging.Abstractions;

namespace Flame.Model;

/// <summary>A pool from its start to its end: a few calls of all kinds at the same time, and what is promised of them.</summary>
internal sealed class LinkScenario(World world)
{
    private static readonly RemoteMethod s_once = new(1, "Model.Once", null, static _ => default);
    private static readonly RemoteMethod s_again = new(2, "Model.Again", null, static _ => default) { Idempotent = true };
    private static readonly ExceptionRebuilder s_exceptions = new();

    private readonly Books _books = new(world);
    private FlamePool _pool = null!;
    private int _concurrency;

    public async Task RunAsync()
    {
        _pool = Pool();
        var started = _pool.StartAsync(CancellationToken.None);
        var calls = new List<Task>();
        for (var left = world.Choose(4, "more calls"); left >= 0; left--)
        {
            var entry = _books.New();
            calls.Add(Strands.Run($"call {entry.Number}", () => CallAsync(entry)));
        }

        var early = world.Choose(5, "the pool ends early") == 1 ? Strands.Run("the end of the pool", DrainAsync) : null;
        await Task.WhenAll(calls).Controlled();
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

    private async Task CallAsync(CallEntry entry)
    {
        var kind = world.Choose(4, "kind of the call");
        entry.Idempotent = kind is 1 or 3;
        entry.HasTimeout = world.Choose(6, "a limit") == 1;
        entry.HasQueueTimeout = world.Choose(6, "a limit to the wait") == 1;
        var cts = new CancellationTokenSource();
        if (world.Choose(4, "a cancellation") == 1)
        {
            entry.MayBeCancelled = true;
            world.Post($"the cancellation of call {entry.Number}", cts.Cancel);
        }

        var options = entry.HasTimeout || entry.HasQueueTimeout
            ? new FlameCallOptions
            {
                Timeout = entry.HasTimeout ? TimeSpan.FromMilliseconds(100) : null,
                QueueTimeout = entry.HasQueueTimeout ? TimeSpan.FromMilliseconds(300) : null,
            }
            : null;
        var method = entry.Idempotent ? s_again : s_once;
        try
        {
            if (kind == 2)
            {
                await _pool.CastAsync<int, Number>(method, entry.Number, options, cts.Token).Controlled();
                End(entry, "handed over", "is handed over");
                return;
            }

            var result = await _pool.CallAsync<int, Number, int, Number>(method, entry.Number, options, cts.Token).Controlled();
            End(entry, "returned", $"returns {result}");
            if (result != entry.Result || !entry.Answered) world.Fail($"call {entry.Number} returns {result}");
        }
        catch (Exception e) when (e is not RunEnded)
        {
            End(entry, e.GetType().Name, $"fails: {e.Message}");
            if (!MayFailWith(entry, e)) world.Fail($"call {entry.Number} fails without a cause: {e.Message}");
        }
    }

    private void End(CallEntry entry, string what, string how)
    {
        world.Note($"call {entry.Number} {how}");
        world.Count(what);
        if (++entry.Outcomes > 1) world.Fail($"call {entry.Number} has two outcomes");
    }

    private bool MayFailWith(CallEntry entry, Exception e) => e switch
    {
        OperationCanceledException => entry.MayBeCancelled,
        FormatException => entry.Threw,
        CallTimeoutException { Phase: CallPhase.Queue } => entry.HasQueueTimeout,
        CallTimeoutException => entry.HasTimeout && entry.Begun + 1 > 0,
        QueueFullException => _pool.Options.QueueLimit == 1,
        PoolDrainingException => _books.Draining,
        BootFailedException => _books.BootsFailed || _books.ExecutorsLost || world.Rules.Hasty,
        ExecutorLostException when entry.Answered && !_books.WordsLost && !world.Rules.Hasty => false,
        ExecutorLostException => _books.ExecutorsLost || _books.Draining || world.Rules.Hasty,
        _ => false,
    };

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

    /// <summary>The payload of the calls.</summary>
    private readonly struct Number : IPayloadCodec<int>
    {
        public static void Write(ref MemoryPackWriter<PayloadBuffer> writer, in int value) => writer.WriteUnmanaged(value);

        public static int Read(ref MemoryPackReader reader) => reader.ReadUnmanaged<int>();
    }
}
