using System.Threading.Tasks.Sources;
using Flame.Mapping;
using Xunit;

namespace Flame.Tests.Mapping;

/// <summary>Alone in the process while they run: they look at all of its memory.</summary>
[CollectionDefinition(nameof(MemoryTests), DisableParallelization = true)]
[Collection(nameof(MemoryTests))]
public sealed class MemoryTests
{
    private const int Million = 1_000_000;

    private readonly Dictionary<string, WeakReference> _kept = [];
    private readonly Stack<FreeCall> _spare = [];
    private int _pulled;
    private int _taken;
    private int _most;

    [Theory]
    [InlineData(FlameOrder.Input, 64)]
    [InlineData(FlameOrder.Completion, 64)]
    [InlineData(FlameOrder.Input, 1)]
    public async Task A_million_items_pass_through_bounded_memory_at_little_cost_each(FlameOrder order, int inFlight)
    {
        var map = new FlameMap<int, byte[]>(Items(), (item, _) => item % 4 == 0 ? ValueTask.FromResult(new byte[1024]) : FreeCall.Start(_spare), new FlameMapOptions { Order = order }, inFlight, ScriptedCalls.Patience);
        await map.Take(10_000).CountAsync(ScriptedCalls.Patience);
        (_pulled, _taken, _most) = (0, 0, 0);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var wrong = 0;
        var (held, allocated) = (0L, GC.GetTotalAllocatedBytes(precise: true));
        await foreach (var result in map.ConfigureAwait(false))
        {
            // The million arrays of a kilobyte would be a gigabyte.
            wrong += result.Value.Length == 1024 ? 0 : 1;
            Volatile.Write(ref _taken, _taken + 1);
            if (_taken % 100_000 == 0) held = Math.Max(held, GC.GetTotalMemory(forceFullCollection: true) - before);
        }

        var perItem = ((GC.GetTotalAllocatedBytes(precise: true) - allocated) / (double)Million) - 1048;
        TestContext.Current.TestOutputHelper!.WriteLine($"{order}, {inFlight} in flight: {perItem:0} B per item, {held:N0} B held at most, {_most} in flight and taken at most");
        Assert.Equal((Million, 0), (_taken, wrong));
        Assert.InRange(_most, 1, inFlight + 1);
        Assert.InRange(held, long.MinValue, 2 * 1024 * 1024);
        Assert.InRange(perItem, 0, 250);
    }

    [Fact]
    public async Task Taken_results_are_not_kept()
    {
        // The first ends when the source is drained: what it leaves behind serves no later item.
        var drained = new TaskCompletionSource();
        IEnumerable<int> Source()
        {
            for (var item = 0; item < 3; item++) yield return item;
            drained.SetResult();
        }

        var map = new FlameMap<int, object>(
            Source(), async (item, _) =>
            {
                if (item == 0) await drained.Task;
                return new object();
            },
            new FlameMapOptions(), 4, default);
        await using var results = map.GetAsyncEnumerator(ScriptedCalls.Patience);
        await TakeAsync(results);
        await results.TakeAsync();

        // So that no frame of the first is below this one.
        await Task.Yield();
        GC.Collect();
        Assert.False(_kept["first"].IsAlive);
    }

    // Apart: a value that this method's own frame held would not be collected.
    private async Task TakeAsync(IAsyncEnumerator<FlameResult<int, object>> results)
    {
        await results.MoveNextAsync();
        _kept["first"] = new WeakReference(results.Current.Value);
    }

    private IEnumerable<int> Items()
    {
        for (var item = 0; item < Million; item++)
        {
            _most = Math.Max(_most, ++_pulled - Volatile.Read(ref _taken));
            yield return item;
        }
    }

    /// <summary>A call that ends on another thread and costs nothing, so that what is measured is the mapping's own.</summary>
    private sealed class FreeCall(Stack<FreeCall> spare) : IThreadPoolWorkItem, IValueTaskSource<byte[]>
    {
        private ManualResetValueTaskSourceCore<byte[]> _source;

        public static ValueTask<byte[]> Start(Stack<FreeCall> spare)
        {
            FreeCall? call;
            lock (spare)
            {
                if (!spare.TryPop(out call)) call = new FreeCall(spare);
            }

            ThreadPool.UnsafeQueueUserWorkItem(call, preferLocal: false);
            return new ValueTask<byte[]>(call, call._source.Version);
        }

        void IThreadPoolWorkItem.Execute() => _source.SetResult(new byte[1024]);

        byte[] IValueTaskSource<byte[]>.GetResult(short token)
        {
            var result = _source.GetResult(token);
            _source.Reset();
            lock (spare) spare.Push(this);
            return result;
        }

        ValueTaskSourceStatus IValueTaskSource<byte[]>.GetStatus(short token) => _source.GetStatus(token);

        void IValueTaskSource<byte[]>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            _source.OnCompleted(continuation, state, token, flags);
    }
}
