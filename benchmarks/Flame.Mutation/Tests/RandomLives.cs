using Flame.Pooling;
using Xunit;

namespace Flame.Tests.Pooling;

/// <summary>What the runtime's tests look for at random, always the same: a mutant dies at each try or at none.</summary>
public sealed class RandomLives
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Every_life_of_a_pool_keeps_every_invariant(int seed)
    {
        var random = new Random(seed);
        for (var lives = 0; lives < 500; lives++)
        {
            var max = random.Next(1, 6);
            var settings = new PoolSettings
            {
                Min = random.Next(max + 1),
                Max = max,
                Buffer = random.Next(Math.Min(2, max) + 1),
                MaxConcurrency = random.Next(1, 4),
                SingleUse = random.Next(4) == 0,
                QueueLimit = random.Next(3) switch { 0 => 0, 1 => 2, _ => int.MaxValue },
                IdleShutdownAfter = Span(random),
                MinIdleShutdownAfter = Span(random),
                BootTimeout = PoolTable.Seconds(8),
                ShutdownTimeout = PoolTable.Seconds(6),
            };
            var world = new PoolWorld(settings);
            world.Start();
            for (var steps = random.Next(60); steps > 0; steps--) world.Step(random.Next(16), random.Next(8), random.Next(20));
            world.End();
        }
    }

    private static long Span(Random random) => random.Next(4) switch { 0 => PoolTable.Seconds(1), 1 => PoolTable.Seconds(5), 2 => PoolTable.Seconds(30), _ => long.MaxValue };
}
