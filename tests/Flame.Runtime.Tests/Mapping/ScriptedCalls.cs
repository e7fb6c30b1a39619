using System.Collections.Concurrent;
using System.Threading.Channels;
using Flame.Mapping;
using Xunit;

namespace Flame.Tests.Mapping;

/// <summary>Calls that end when the test says so, or with their token; and a source that counts.</summary>
internal sealed class ScriptedCalls
{
    private readonly ConcurrentDictionary<int, TaskCompletionSource<string>> _calls = new();
    private readonly Channel<int> _starts = Channel.CreateUnbounded<int>();
    private int _running;
    private int _started;
    private int _mostRunning;
    private int _pulled;
    private int _sourcesEnded;

    public int Running => Volatile.Read(ref _running);

    public int MostRunning => Volatile.Read(ref _mostRunning);

    public int Pulled => Volatile.Read(ref _pulled);

    public int Started => Volatile.Read(ref _started);

    public int SourcesEnded => Volatile.Read(ref _sourcesEnded);

    public static CancellationToken Patience => TestContext.Current.CancellationToken;

    public async IAsyncEnumerable<int> Items(int count, Action<int>? onPull = null)
    {
        try
        {
            for (var i = 0; i < count; i++)
            {
                Interlocked.Increment(ref _pulled);
                onPull?.Invoke(i);
                yield return i;
                await Task.Yield();
            }
        }
        finally
        {
            Interlocked.Increment(ref _sourcesEnded);
        }
    }

    public FlameMap<int, string> Map(int count, int inFlight, FlameOrder order = FlameOrder.Input, FlameOnError onError = FlameOnError.Throw, CancellationToken ct = default) =>
        new(Items(count), CallAsync, new FlameMapOptions { Order = order, OnError = onError }, inFlight, ct);

    public ValueTask<string> CallAsync(int item, CancellationToken ct)
    {
        InterlockedMax(ref _mostRunning, Interlocked.Increment(ref _running));
        Interlocked.Increment(ref _started);
        var call = _calls[item] = new TaskCompletionSource<string>();
        ct.Register(() => Take(item)?.SetCanceled(ct));
        _starts.Writer.TryWrite(item);
        return new ValueTask<string>(call.Task);
    }

    /// <summary>The item whose call starts next.</summary>
    public ValueTask<int> NextStartAsync() => _starts.Reader.ReadAsync(Patience);

    public async Task StartedAsync(int count)
    {
        for (var i = 0; i < count; i++) await NextStartAsync();
    }

    /// <summary>Ends a call. The mapping knows of it when this returns, unless no other call was started since.</summary>
    public void End(int item) => Take(item)!.SetResult($"{item}!");

    /// <summary>The same with a failure.</summary>
    public void Fail(int item) => Take(item)!.SetException(new InvalidDataException($"{item}?"));

    // Who takes it out ends it.
    private TaskCompletionSource<string>? Take(int item)
    {
        if (!_calls.TryRemove(item, out var call)) return null;
        Interlocked.Decrement(ref _running);
        return call;
    }

    private static void InterlockedMax(ref int place, int value)
    {
        for (var seen = Volatile.Read(ref place); value > seen;)
        {
            var before = Interlocked.CompareExchange(ref place, value, seen);
            if (before == seen) return;
            seen = before;
        }
    }
}

internal static class MapTaking
{
    public static async Task<FlameResult<TIn, TOut>> TakeAsync<TIn, TOut>(this IAsyncEnumerator<FlameResult<TIn, TOut>> results)
    {
        Assert.True(await results.MoveNextAsync());
        return results.Current;
    }
}
