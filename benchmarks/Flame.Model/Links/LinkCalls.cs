using Flame.CompilerServices;
using MemoryPack;

namespace Flame.Model;

/// <summary>The calls of a scenario: a result, items, or only the hand-over, with or without limits and cancellations; and how each may end.</summary>
internal sealed class LinkCalls(World world, Books books, FlamePool pool)
{
    private static readonly RemoteMethod s_once = new(1, "Model.Once", null, static _ => default);
    private static readonly RemoteMethod s_again = new(2, "Model.Again", null, static _ => default) { Idempotent = true };
    private static readonly RemoteMethod s_items = new(3, "Model.Items", null, static _ => default) { Streams = true };

    private enum Kind
    {
        Plain,
        Idempotent,
        Cast,
        Stream,
    }

    public async Task CallAsync(CallEntry entry)
    {
        var kind = (Kind)world.Choose(4, "kind of the call");
        entry.Idempotent = kind == Kind.Idempotent;
        entry.Streams = kind == Kind.Stream;
        entry.Items = entry.Streams ? world.Choose(4, "items") : 0;
        entry.HasTimeout = world.Choose(6, "a limit") == 1;
        entry.HasQueueTimeout = world.Choose(6, "a limit to the wait") == 1;
        var argument = new Argument(entry.Number, world.Choose(12, "a large argument") == 1);
        try
        {
            await CallAsync(kind, entry, argument, OptionsOf(entry), Cancellation(entry)).Controlled();
        }
        catch (Exception e) when (e is not RunEnded)
        {
            End(entry, e.GetType().Name, $"fails: {e.Message}");
            if (!MayFailWith(entry, e)) world.Fail($"call {entry.Number} fails without a cause: {e.Message}");
        }
    }

    private async Task CallAsync(Kind kind, CallEntry entry, Argument argument, FlameCallOptions? options, CancellationToken ct)
    {
        switch (kind)
        {
            case Kind.Cast:
                await pool.CastAsync<Argument, Argument>(s_once, argument, options, ct).Controlled();
                End(entry, "handed over", "is handed over");
                break;
            case Kind.Stream:
                await TakeAsync(entry, pool.StreamAsync<Argument, Argument, int, Number>(s_items, argument, options, ct)).Controlled();
                break;
            default:
                var result = await pool.CallAsync<Argument, Argument, int, Number>(entry.Idempotent ? s_again : s_once, argument, options, ct).Controlled();
                End(entry, "returned", $"returns {result}");
                if (result != entry.Result || !entry.Answered) world.Fail($"call {entry.Number} returns {result}");
                break;
        }
    }

    private async Task TakeAsync(CallEntry entry, IAsyncEnumerable<int> items)
    {
        var taken = 0;
        var leaves = world.Choose(4, "leaves early") == 1;
        await foreach (var item in items.Controlled())
        {
            if (item != entry.Item(++taken)) world.Fail($"call {entry.Number} has {item} as its item {taken}");
            if (leaves) break;
        }

        End(entry, leaves ? "items taken in part" : "items taken", $"gave {taken} items");
        if (!leaves && (taken != entry.Items || !entry.Answered)) world.Fail($"call {entry.Number} ends after {taken} of {entry.Items} items");
    }

    private CancellationToken Cancellation(CallEntry entry)
    {
        if (world.Choose(4, "a cancellation") != 1) return CancellationToken.None;
        var cts = new CancellationTokenSource();
        entry.MayBeCancelled = true;
        world.Post($"the cancellation of call {entry.Number}", cts.Cancel);
        return cts.Token;
    }

    private static FlameCallOptions? OptionsOf(CallEntry entry) => entry.HasTimeout || entry.HasQueueTimeout
        ? new FlameCallOptions
        {
            Timeout = entry.HasTimeout ? TimeSpan.FromMilliseconds(100) : null,
            QueueTimeout = entry.HasQueueTimeout ? TimeSpan.FromMilliseconds(300) : null,
        }
        : null;

    private void End(CallEntry entry, string what, string how)
    {
        world.Note($"call {entry.Number} {how}");
        world.Count(what);
        if (++entry.Outcomes > 1) world.Fail($"call {entry.Number} has two outcomes");
    }

    // Where time passes as it likes, a boot takes too long and an executor is silent for too long whenever the schedule wants.
    private bool MayFailWith(CallEntry entry, Exception e) => e switch
    {
        OperationCanceledException => entry.MayBeCancelled,
        FormatException => entry.Threw,
        CallTimeoutException { Phase: CallPhase.Queue } => entry.HasQueueTimeout,
        CallTimeoutException => entry.HasTimeout,
        QueueFullException => pool.Options.QueueLimit == 1,
        PoolDrainingException => books.Draining,
        BootFailedException => books.BootsFailed || books.ExecutorsLost || world.Rules.Hasty,
        ExecutorLostException when entry.Answered && !books.WordsLost && !world.Rules.Hasty => false,
        ExecutorLostException => books.ExecutorsLost || books.Draining || world.Rules.Hasty,
        _ => false,
    };

    /// <summary>What is sent: a number, and with it what does not fit one frame.</summary>
    private readonly record struct Argument(int Number, bool Large) : IPayloadCodec<Argument>
    {
        private static readonly byte[] s_more = new byte[40 * 1024];

        public static void Write(ref MemoryPackWriter<PayloadBuffer> writer, in Argument value)
        {
            writer.WriteUnmanaged(value.Number);
            if (value.Large) writer.WriteUnmanagedArray(s_more);
        }

        public static Argument Read(ref MemoryPackReader reader) => throw new NotSupportedException();
    }

    /// <summary>A result, or an item.</summary>
    private readonly struct Number : IPayloadCodec<int>
    {
        public static void Write(ref MemoryPackWriter<PayloadBuffer> writer, in int value) => throw new NotSupportedException();

        public static int Read(ref MemoryPackReader reader) => reader.ReadUnmanaged<int>();
    }
}
