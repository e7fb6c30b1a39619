using CsCheck;
using Flame.Pooling;
using Xunit;

namespace Flame.Tests.Pooling;

public sealed class PoolStateProperties
{
    private static readonly Gen<long> Spans = Gen.Int[0, 3].Select(pick => ((long[])[PoolTable.Seconds(1), PoolTable.Seconds(5), PoolTable.Seconds(30), long.MaxValue])[pick]);

    private static readonly Gen<PoolSettings> Settings =
        from max in Gen.Int[1, 5]
        from min in Gen.Int[0, max]
        from buffer in Gen.Int[0, Math.Min(2, max)]
        from concurrency in Gen.Int[1, 3]
        from single in Gen.Int[0, 3]
        from limit in Gen.Int[0, 2].Select(pick => ((int[])[0, 2, int.MaxValue])[pick])
        from idle in Spans
        from minIdle in Spans
        select new PoolSettings
        {
            Min = min,
            Max = max,
            Buffer = buffer,
            MaxConcurrency = concurrency,
            SingleUse = single == 0,
            QueueLimit = limit,
            IdleShutdownAfter = idle,
            MinIdleShutdownAfter = minIdle,
            BootTimeout = PoolTable.Seconds(8),
            ShutdownTimeout = PoolTable.Seconds(6),
        };

    private static readonly Gen<(int Act, int Pick, int Amount)[]> Steps =
        Gen.Select(Gen.Int[0, 15], Gen.Int[0, 7], Gen.Int[0, 19]).Array[0, 60];

    [Fact]
    public void Every_sequence_of_events_keeps_every_invariant() =>
        Gen.Select(Settings, Steps).Sample((settings, steps) => Live(settings, steps), iter: 20_000, threads: 2);

    [Fact]
    public void Options_that_change_while_a_pool_lives_keep_every_invariant_and_end_no_call() =>
        Gen.Select(Settings, Settings.Array[1, 4], Steps).Sample((settings, others, steps) => Live(settings, steps, others), iter: 20_000, threads: 2);

    private static void Live(PoolSettings settings, (int Act, int Pick, int Amount)[] steps, params PoolSettings[] others)
    {
        var world = new PoolWorld(settings);
        world.Start();
        for (var i = 0; i < steps.Length; i++)
        {
            var (act, pick, amount) = steps[i];
            world.Step(act, pick, amount);
            if (others.Length == 0 || i % 3 != 0) continue;
            if (amount == 19) world.DrainExecutors();
            else world.Reconfigure(others[pick % others.Length]);
        }

        world.End();
    }
}
