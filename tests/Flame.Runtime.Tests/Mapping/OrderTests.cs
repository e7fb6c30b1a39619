using Flame.Mapping;
using Xunit;

namespace Flame.Tests.Mapping;

public sealed class OrderTests
{
    private readonly ScriptedCalls _calls = new();

    [Fact]
    public async Task Nothing_starts_before_enumeration_and_each_enumeration_is_a_run_of_its_own()
    {
        var runs = 0;
        var map = new FlameMap<int, int>([1, 2], (x, _) => ValueTask.FromResult(x * Interlocked.Increment(ref runs)), new FlameMapOptions(), 1, default);
        Assert.Equal(0, runs);
        Assert.Equal([1, 4], await map.Select(r => r.Value).ToListAsync(ScriptedCalls.Patience));
        Assert.Equal([3, 8], await map.Select(r => r.Value).ToListAsync(ScriptedCalls.Patience));
    }

    [Fact]
    public async Task Results_in_the_order_of_input_wait_for_those_before_them()
    {
        await using var results = _calls.Map(3, 3).GetAsyncEnumerator(ScriptedCalls.Patience);
        var first = results.TakeAsync();
        await _calls.StartedAsync(3);
        _calls.End(2);
        _calls.End(1);
        Assert.False(first.IsCompleted);
        _calls.End(0);
        Assert.Equal((0, 0L, "0!"), Told(await first));
        Assert.Equal((1, 1L, "1!"), Told(await results.TakeAsync()));
        Assert.Equal((2, 2L, "2!"), Told(await results.TakeAsync()));
        Assert.False(await results.MoveNextAsync());
    }

    [Fact]
    public async Task Results_in_the_order_of_completion_leave_as_they_are_ready()
    {
        await using var results = _calls.Map(3, 3, FlameOrder.Completion).GetAsyncEnumerator(ScriptedCalls.Patience);
        foreach (var item in (int[])[2, 0, 1])
        {
            var next = results.TakeAsync();
            if (item == 2) await _calls.StartedAsync(3);
            _calls.End(item);
            Assert.Equal((item, (long)item, $"{item}!"), Told(await next));
        }

        Assert.False(await results.MoveNextAsync());
    }

    [Theory]
    [InlineData(FlameOrder.Input)]
    [InlineData(FlameOrder.Completion)]
    public async Task As_one_ends_the_next_starts_until_the_source_is_drained(FlameOrder order)
    {
        await using var results = _calls.Map(6, 2, order).GetAsyncEnumerator(ScriptedCalls.Patience);
        var next = results.TakeAsync();
        await _calls.StartedAsync(2);
        for (var item = 0; item < 6; item++)
        {
            Assert.Equal(Math.Min(2, 6 - item), _calls.Running);
            _calls.End(item);
            if (item + 2 < 6) Assert.Equal(item + 2, await _calls.NextStartAsync());
            Assert.Equal(item, (await next).Input);
            next = item < 5 ? results.TakeAsync() : next;
        }

        Assert.False(await results.MoveNextAsync());
        Assert.Equal((2, 6), (_calls.MostRunning, _calls.Started));
    }

    [Fact]
    public async Task The_next_starts_although_the_consumer_that_was_given_a_result_has_not_gone_on()
    {
        await using var results = _calls.Map(3, 1).GetAsyncEnumerator(ScriptedCalls.Patience);
        using var hold = new ManualResetEventSlim();
        var consumer = Task.Run(async () =>
        {
            await results.TakeAsync();
            hold.Wait(ScriptedCalls.Patience);
        });
        Assert.Equal(0, await _calls.NextStartAsync());
        _calls.End(0);
        Assert.Equal(1, await _calls.NextStartAsync());
        hold.Set();
        await consumer;
    }

    [Fact]
    public async Task Slow_first_item_holds_back_no_more_results_than_may_be_in_flight()
    {
        await using var results = _calls.Map(1000, 5).GetAsyncEnumerator(ScriptedCalls.Patience);
        var first = results.TakeAsync();
        await _calls.StartedAsync(5);
        for (var item = 1; item < 5; item++) _calls.End(item);
        for (var turn = 0; turn < 100; turn++) await Task.Yield();
        Assert.Equal((5, 5), (_calls.Pulled, _calls.Started));
        _calls.End(0);
        Assert.Equal("0!", (await first).Value);
    }

    [Fact]
    public async Task Slow_consumer_holds_back_the_source()
    {
        await using var results = _calls.Map(1000, 3, FlameOrder.Completion).GetAsyncEnumerator(ScriptedCalls.Patience);
        var first = results.TakeAsync();
        await _calls.StartedAsync(3);
        _calls.End(0);
        await first;
        Assert.Equal(3, await _calls.NextStartAsync());
        for (var item = 1; item < 4; item++) _calls.End(item);
        for (var turn = 0; turn < 100; turn++) await Task.Yield();
        Assert.Equal((4, 4), (_calls.Pulled, _calls.Started));
    }

    [Fact]
    public async Task Fold_takes_every_result_and_counting_keeps_none()
    {
        var map = new FlameMap<int, int>(
            Enumerable.Range(0, 10), (x, _) => x % 4 == 0 ? throw new InvalidDataException() : ValueTask.FromResult(x),
            new FlameMapOptions { OnError = FlameOnError.Collect }, 3, default);
        Assert.Equal(45 - 12, await map.FoldAsync(0, (sum, result) => result.Succeeded ? sum + result.Value : sum));
        Assert.Equal(3, await map.ForEachAsync());
    }

    private static (int, long, string) Told(FlameResult<int, string> result) => (result.Input, result.Index, result.Value);
}
