using Flame.Executor;

namespace Flame.Samples.Tests.Readme;

/// <summary>The README's test, run.</summary>
public sealed class PrimesTests
{
    [Fact]
    public async Task Primes_are_counted()
    {
        await using var pools = await FlameApplication.StartAsync(flame => flame.UseBackend(new InProcessBackend()));
        var (count, _) = await Primes.CountAsync(0, 100);
        Assert.Equal(25, count);
    }
}
