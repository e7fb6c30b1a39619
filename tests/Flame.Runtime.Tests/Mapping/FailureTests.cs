using Flame.Mapping;
using Xunit;

namespace Flame.Tests.Mapping;

public sealed class FailureTests
{
    private readonly ScriptedCalls _calls = new();

    [Fact]
    public async Task First_failure_is_thrown_after_what_came_before_it_and_the_rest_is_cancelled_and_awaited()
    {
        await using var results = _calls.Map(100, 4).GetAsyncEnumerator(ScriptedCalls.Patience);
        var first = results.TakeAsync();
        await _calls.StartedAsync(4);
        _calls.Fail(2);
        _calls.End(1);
        _calls.End(0);
        Assert.Equal("0!", (await first).Value);
        Assert.Equal("1!", (await results.TakeAsync()).Value);
        var error = await Assert.ThrowsAsync<InvalidDataException>(() => results.MoveNextAsync().AsTask());
        Assert.Equal("2?", error.Message);
        Assert.Equal((0, 4, 1), (_calls.Running, _calls.Started, _calls.SourcesEnded));
        Assert.False(await results.MoveNextAsync());
    }

    [Fact]
    public async Task Of_two_failures_the_one_is_thrown_that_leaves_first()
    {
        await using var results = _calls.Map(3, 3).GetAsyncEnumerator(ScriptedCalls.Patience);
        var first = results.MoveNextAsync().AsTask();
        await _calls.StartedAsync(3);
        _calls.Fail(1);
        _calls.Fail(0);
        Assert.Equal("0?", (await Assert.ThrowsAsync<InvalidDataException>(() => first)).Message);
        Assert.Equal(0, _calls.Running);
    }

    [Fact]
    public async Task Once_one_has_failed_nothing_more_starts()
    {
        await using var results = _calls.Map(100, 4).GetAsyncEnumerator(ScriptedCalls.Patience);
        var first = results.TakeAsync();
        await _calls.StartedAsync(4);
        _calls.Fail(2);
        _calls.End(0);
        await first;
        for (var turn = 0; turn < 100; turn++) await Task.Yield();
        _calls.End(1);
        await results.TakeAsync();
        await Assert.ThrowsAsync<InvalidDataException>(() => results.MoveNextAsync().AsTask());
        Assert.Equal(4, _calls.Started);
    }

    [Fact]
    public async Task Collected_failures_are_results_and_keep_their_stack()
    {
        var map = new FlameMap<int, int>([1, 2, 3], async (x, _) => x == 2 ? await FailAsync() : x, new FlameMapOptions { OnError = FlameOnError.Collect }, 2, default);
        var results = await map.ToListAsync(ScriptedCalls.Patience);
        Assert.Equal([true, false, true], results.Select(r => r.Succeeded));
        Assert.Same(results[1].Error, Assert.Throws<InvalidDataException>(() => results[1].Value));
        Assert.Contains(nameof(FailAsync), results[1].Error!.StackTrace, StringComparison.Ordinal);
        Assert.Contains("Input = 2, Error = InvalidDataException: no", $"{results[1]}", StringComparison.Ordinal);
        Assert.Contains("Input = 3, Value = 3", $"{results[2]}", StringComparison.Ordinal);

        static async Task<int> FailAsync()
        {
            await Task.Yield();
            throw new InvalidDataException("no");
        }
    }

    [Fact]
    public async Task A_call_that_gives_up_by_itself_is_a_failure_like_any_other()
    {
        var map = new FlameMap<int, int>([1], (_, _) => throw new OperationCanceledException("by itself"), new FlameMapOptions { OnError = FlameOnError.Collect }, 2, default);
        Assert.Equal("by itself", (await map.SingleAsync(ScriptedCalls.Patience)).Error!.Message);
    }

    [Fact]
    public async Task Source_that_throws_stops_the_rest_after_what_had_ended_in_front()
    {
        var map = new FlameMap<int, string>(
            _calls.Items(100, i => { if (i == 3) throw new InvalidDataException("source"); }), _calls.CallAsync, new FlameMapOptions { OnError = FlameOnError.Collect }, 10, default);
        await using var results = map.GetAsyncEnumerator(ScriptedCalls.Patience);
        // The fourth item is asked for once the third has started; until then none of these has ended.
        var first = Task.Run(() => results.MoveNextAsync().AsTask());
        var error = await Assert.ThrowsAsync<InvalidDataException>(() => first);
        Assert.Equal("source", error.Message);
        Assert.Equal((0, 3, 1), (_calls.Running, _calls.Started, _calls.SourcesEnded));
    }

    [Fact]
    public async Task Results_that_had_ended_before_the_source_threw_still_leave()
    {
        var ended = new TaskCompletionSource();
        async IAsyncEnumerable<int> Source()
        {
            yield return 0;
            await ended.Task;
            throw new InvalidDataException("source");
        }

        await using var results = new FlameMap<int, string>(Source(), _calls.CallAsync, new FlameMapOptions(), 10, default).GetAsyncEnumerator(ScriptedCalls.Patience);
        var first = results.TakeAsync();
        await _calls.StartedAsync(1);
        _calls.End(0);
        Assert.Equal("0!", (await first).Value);
        ended.SetResult();
        await Assert.ThrowsAsync<InvalidDataException>(() => results.MoveNextAsync().AsTask());
    }

    [Fact]
    public async Task Source_that_cannot_be_enumerated_or_disposed_of_says_so()
    {
        var map = new FlameMap<int, int>(new BadSource(atStart: true), (x, _) => ValueTask.FromResult(x), new FlameMapOptions(), 1, default);
        await Assert.ThrowsAsync<InvalidDataException>(async () => await map.ToListAsync(ScriptedCalls.Patience));
        map = new FlameMap<int, int>(new BadSource(atStart: false), (x, _) => ValueTask.FromResult(x), new FlameMapOptions(), 1, default);
        await Assert.ThrowsAsync<InvalidDataException>(async () => await map.ToListAsync(ScriptedCalls.Patience));
    }

    [Fact]
    public async Task Consumer_that_throws_leaves_nothing_running()
    {
        var consumer = Task.Run(async () =>
        {
            await foreach (var _ in _calls.Map(100, 4)) throw new InvalidDataException("consumer");
        });
        await _calls.StartedAsync(4);
        _calls.End(0);
        Assert.Equal("consumer", (await Assert.ThrowsAsync<InvalidDataException>(() => consumer)).Message);
        Assert.Equal((0, 1), (_calls.Running, _calls.SourcesEnded));
    }

    [Fact]
    public void Options_out_of_range_are_refused_by_name()
    {
        Assert.Equal("MaxInFlight", Assert.Throws<ArgumentOutOfRangeException>(() => new FlameMapOptions { MaxInFlight = 0 }).ParamName);
        Assert.Equal("Order", Assert.Throws<ArgumentOutOfRangeException>(() => new FlameMapOptions { Order = (FlameOrder)7 }).ParamName);
        Assert.Equal("OnError", Assert.Throws<ArgumentOutOfRangeException>(() => new FlameMapOptions { OnError = (FlameOnError)7 }).ParamName);
    }

    [Theory]
    [InlineData(4, 3, 100_000, 24)]
    [InlineData(4, 3, 5, 17)]
    [InlineData(int.MaxValue, 65_536, int.MaxValue, int.MaxValue)]
    public void By_default_twice_what_the_pool_runs_is_in_flight_and_never_more_than_it_takes(int max, int concurrency, int queue, int expected)
    {
        var pool = new FlamePoolOptions { Max = max, MaxConcurrency = concurrency, QueueLimit = queue };
        Assert.Equal(expected, new FlameMapOptions().InFlight(pool));
        Assert.Equal(9, new FlameMapOptions { MaxInFlight = 9 }.InFlight(pool));
    }

    private sealed class BadSource(bool atStart) : IAsyncEnumerable<int>, IAsyncEnumerator<int>
    {
        public int Current => 0;

        public IAsyncEnumerator<int> GetAsyncEnumerator(CancellationToken cancellationToken = default) => atStart ? throw new InvalidDataException() : this;

        public ValueTask<bool> MoveNextAsync() => new(false);

        public ValueTask DisposeAsync() => throw new InvalidDataException();
    }
}
