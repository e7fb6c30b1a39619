using System.Globalization;
using Xunit;

namespace Flame.Chaos.Tests;

/// <summary>A few rounds of what `benchmarks/Flame.Chaos` does for as long as one likes.</summary>
[Collection(nameof(Tool))]
public sealed class ChaosTests(ITestOutputHelper output)
{
    private const int Rounds = 2;

    [Theory]
    [InlineData("kubernetes")]
    [InlineData("fly")]
    public async Task Whatever_is_killed_every_call_has_one_outcome_and_nothing_is_left(string backend)
    {
        var seed = Random.Shared.Next(1, 1_000_000).ToString(CultureInfo.InvariantCulture);
        var (printed, errors, exitCode) = await Tool.RunAsync("Chaos", output, "--backend", backend, "--rounds", $"{Rounds}", "--seed", seed);

        Assert.Equal("", errors);
        Assert.Contains($"{Rounds} rounds, ", printed, StringComparison.Ordinal);
        Assert.EndsWith(" 0 rounds broke a promise.", printed.TrimEnd(), StringComparison.Ordinal);
        Assert.Equal(0, exitCode);
    }
}
