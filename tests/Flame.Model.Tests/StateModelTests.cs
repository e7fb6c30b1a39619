using System.Reflection;
using Xunit;

namespace Flame.Model.Tests;

public sealed class StateModelTests
{
    private const int Enough = 200_000;

    [Theory]
    [InlineData(1, 2, 1, 0, false)]
    [InlineData(2, 1, 0, 1, false)]
    [InlineData(2, 1, 1, 0, true)]
    public void Every_state_of_a_small_pool_keeps_every_promise(int max, int concurrency, int min, int buffer, bool singleUse)
    {
        var exploration = new Exploration(new Bounds(max, concurrency, min, buffer, singleUse, Calls: 2, Troubles: 1, Pauses: 1));
        exploration.Run(Enough);

        Assert.True(exploration.Finding is null, Told(exploration));
        Assert.True(exploration.Whole);
        Assert.InRange(exploration.Interleavings(), 1e6, double.MaxValue);
    }

    [Theory]
    [InlineData(2, 2, 0, 0, false)]
    [InlineData(2, 1, 1, 0, false)]
    [InlineData(2, 1, 0, 1, true)]
    public void Every_state_of_a_pool_whose_options_change_keeps_every_promise(int max, int concurrency, int min, int buffer, bool singleUse)
    {
        var exploration = new Exploration(new Bounds(max, concurrency, min, buffer, singleUse, Calls: 3, Troubles: 1, Pauses: 0, Changes: 2));
        exploration.Run(Enough);

        Assert.True(exploration.Finding is null, Told(exploration));
        Assert.True(exploration.Whole, $"{exploration.States} states");
    }

    [Theory]
    [InlineData("ReleasesTwice", 5)]
    [InlineData("HidesDrains", 4)]
    [InlineData("ForgetsAbandoned", 3)]
    public void Planted_bug_is_found_with_the_fewest_events(string name, int events)
    {
        var planted = Enum.Parse<Planted>(name);
        var exploration = new Exploration(new Bounds(Max: 2, Concurrency: 2, Min: 0, Buffer: 0, SingleUse: false, Calls: 3, Troubles: 1, Pauses: 1), planted);
        exploration.Run(Enough);

        Assert.Equal(events, exploration.Finding?.Events.Length);
    }

    [Theory]
    [InlineData("PoolState", "_settings, _concurrency, _slots, _free, _line, _idle, _backoff, _leasedByLeaving, _nextStop, _numbers, _activeAt, _poolDrains, _saidDrained, Ready, Booting, Draining, Leased, NextWake")]
    [InlineData("BootBackoff", "_countedUpTo, FailuresInARow, Until")]
    [InlineData("ExecutorSlot", "Number, Phase, InUse, Owner, Link, BootedFor, Used, ReadySince, FailuresBefore, IsIdle, IdleSince, DrainDeadline, Retires, HeapIndex, NextIdle, PreviousIdle")]
    [InlineData("LeaseRequest", "Deadline, EnqueuedAt, Next, Previous, DeadlineHeapIndex, Waiting")]
    public void State_has_nothing_that_the_models_key_was_not_made_for(string type, string known)
    {
        // A new field: PoolLife.Key has to tell two states apart by it, if a decision depends on it.
        var fields = typeof(Bounds).Assembly.GetType("Flame.Pooling." + type)!.GetFields(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public);
        Assert.Equal(known.Split(", ").Order(StringComparer.Ordinal), fields.Select(field => field.Name.Split('<', '>') is [_, var name, _] ? name : field.Name).Order(StringComparer.Ordinal));
    }

    private static string Told(Exploration exploration) =>
        exploration.Finding is { } finding ? $"{finding.Promise}:{string.Concat(finding.Events.Select(move => $"\n  {move}"))}" : "";
}
