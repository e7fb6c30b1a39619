using CsCheck;
using Flame.Mapping;
using Xunit;

namespace Flame.Tests.Mapping;

/// <summary>Random runs: how long calls take, what fails, how the consumer takes, and how it ends.</summary>
public sealed class MapProperties
{
    private static readonly Gen<MapPlan> Plans =
        from items in Gen.Int[0, 40]
        from inFlight in Gen.Int[1, 6]
        from order in Gen.Enum<FlameOrder>()
        from onError in Gen.Enum<FlameOnError>()
        from turns in Gen.Int[0, 6].Array[40]
        from fates in Gen.Int[0, 19].Array[40]
        from consumerTurns in Gen.Int[0, 4]
        from ending in Gen.Enum<MapEnding>()
        from endAt in Gen.Int[0, 45]
        select new MapPlan(items, inFlight, order, onError, turns, [.. fates.Select(f => f < 17 ? CallFate.Succeeds : (CallFate)(f - 16))], consumerTurns, ending, endAt);

    [Fact]
    public Task Every_run_keeps_every_promise() => Plans.SampleAsync(
        async plan =>
        {
            using var world = new MapWorld(plan);
            await world.RunAsync();
        },
        iter: 10_000, threads: 2);
}

internal enum CallFate
{
    Succeeds,
    Throws,
    ThrowsAtOnce,
    GivesUp,
}

internal enum MapEnding
{
    None,
    Break,
    Cancel,
    SourceThrows,
    ConsumerThrows,
}

internal sealed record MapPlan(
    int Items, int InFlight, FlameOrder Order, FlameOnError OnError, int[] Turns, CallFate[] Fates, int ConsumerTurns, MapEnding Ending, int EndAt)
{
    public bool Fails(long item) => Fates[item] != CallFate.Succeeds;
}
