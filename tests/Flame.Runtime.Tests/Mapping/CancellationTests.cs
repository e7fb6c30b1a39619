using Flame.Mapping;
using Xunit;

namespace Flame.Tests.Mapping;

public sealed class CancellationTests
{
    private readonly ScriptedCalls _calls = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Cancelling_either_token_stops_all_and_is_told_with_it(bool ofTheMethod)
    {
        using var cancel = new CancellationTokenSource();
        using var other = new CancellationTokenSource();
        var map = _calls.Map(100, 4, onError: FlameOnError.Collect, ct: ofTheMethod ? cancel.Token : other.Token);
        await using var results = map.GetAsyncEnumerator(ofTheMethod ? other.Token : cancel.Token);
        var first = results.MoveNextAsync().AsTask();
        await _calls.StartedAsync(4);
        _calls.End(1);
        await cancel.CancelAsync();
        var error = await Assert.ThrowsAsync<OperationCanceledException>(() => first);
        Assert.Equal(cancel.Token, error.CancellationToken);
        Assert.Equal((0, 4, 1), (_calls.Running, _calls.Started, _calls.SourcesEnded));
    }

    [Fact]
    public async Task A_cancelled_run_is_over_for_a_consumer_that_comes_later()
    {
        using var cancel = new CancellationTokenSource();
        await using var results = _calls.Map(100, 2, onError: FlameOnError.Collect, ct: cancel.Token).GetAsyncEnumerator(ScriptedCalls.Patience);
        var first = results.TakeAsync();
        await _calls.StartedAsync(2);
        _calls.End(0);
        _calls.End(1);
        await first;
        await cancel.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(() => results.MoveNextAsync().AsTask());
    }

    [Fact]
    public async Task Token_that_has_fired_starts_nothing_and_asks_for_nothing()
    {
        var map = _calls.Map(100, 2, ct: new CancellationToken(canceled: true));
        await Assert.ThrowsAsync<OperationCanceledException>(async () => await map.ToListAsync(ScriptedCalls.Patience));
        Assert.Equal((0, 0, 0), (_calls.Pulled, _calls.Started, _calls.SourcesEnded));
    }

    [Fact]
    public async Task Callers_cancellation_is_never_a_result_although_a_call_saw_it_first()
    {
        using var cancel = new CancellationTokenSource();
        var started = new TaskCompletionSource();
        var map = new FlameMap<int, int>(
            [1], (_, _) =>
            {
                // What is registered last is called first, so this call ends before the mapping is told.
                var call = new TaskCompletionSource<int>();
                cancel.Token.Register(() => call.SetCanceled(cancel.Token));
                started.SetResult();
                return new ValueTask<int>(call.Task);
            },
            new FlameMapOptions { OnError = FlameOnError.Collect }, 1, cancel.Token);
        await using var results = map.GetAsyncEnumerator(ScriptedCalls.Patience);
        var first = results.MoveNextAsync().AsTask();
        await started.Task;
        await cancel.CancelAsync();
        Assert.Equal(cancel.Token, (await Assert.ThrowsAsync<OperationCanceledException>(() => first)).CancellationToken);
    }

    [Fact]
    public async Task Breaking_out_waits_for_calls_that_ignore_their_token()
    {
        var started = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        var map = new FlameMap<int, int>(
            [0, 1], async (x, _) =>
            {
                if (x == 0) return await Task.FromResult(x);
                started.SetResult();
                await release.Task;
                return x;
            },
            new FlameMapOptions(), 2, default);
        var results = map.GetAsyncEnumerator(ScriptedCalls.Patience);
        await results.TakeAsync();
        await started.Task;
        var disposed = results.DisposeAsync().AsTask();
        for (var turn = 0; turn < 100; turn++) await Task.Yield();
        Assert.False(disposed.IsCompleted);
        release.SetResult();
        await disposed;
    }

    [Fact]
    public async Task Slow_source_does_not_hold_back_what_has_ended_and_is_told_to_stop()
    {
        var told = new TaskCompletionSource();
        async IAsyncEnumerable<int> Source([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct = default)
        {
            yield return 0;
            try
            {
                await Task.Delay(Timeout.Infinite, ct);
            }
            finally
            {
                told.SetResult();
            }
        }

        var map = new FlameMap<int, int>(Source(), (x, _) => ValueTask.FromResult(x), new FlameMapOptions(), 2, default);
        await foreach (var result in map)
        {
            Assert.Equal(0, result.Value);
            break;
        }

        Assert.True(told.Task.IsCompleted);
    }

    [Fact]
    public async Task Source_that_blocks_its_thread_holds_back_neither_results_nor_consumer()
    {
        using var block = new ManualResetEventSlim();
        IEnumerable<int> Source()
        {
            yield return 0;
            block.Wait(ScriptedCalls.Patience);
            yield return 1;
        }

        await using var results = new FlameMap<int, string>(Source(), _calls.CallAsync, new FlameMapOptions(), 2, default).GetAsyncEnumerator(ScriptedCalls.Patience);
        var first = results.MoveNextAsync();
        Assert.False(first.IsCompleted);
        await _calls.StartedAsync(1);
        _calls.End(0);
        Assert.True(await first);
        block.Set();
        await _calls.StartedAsync(1);
        _calls.End(1);
        Assert.Equal("1!", (await results.TakeAsync()).Value);
    }

    [Fact]
    public async Task Calls_see_the_callers_ambient_values()
    {
        var ambient = new AsyncLocal<string> { Value = "here" };
        var map = new FlameMap<int, string?>(
            Enumerable.Range(0, 20), async (_, _) =>
            {
                await Task.Yield();
                return ambient.Value;
            },
            new FlameMapOptions(), 3, default);
        Assert.All(await map.ToListAsync(ScriptedCalls.Patience), result => Assert.Equal("here", result.Value));
    }
}
