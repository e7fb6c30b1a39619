using Xunit;

namespace Flame.Chaos.Tests;

/// <summary>Less than a minute of what `benchmarks/Flame.Soak` does for as long as one likes.</summary>
[Collection(nameof(Tool))]
public sealed class SoakTests(ITestOutputHelper output)
{
    // Of many seeds the one whose first faults are of most kinds, parents killed and redeployed among them.
    private const string Seed = "2709";

    [Fact]
    public async Task Under_load_and_every_fault_each_call_has_one_outcome_and_nothing_is_left()
    {
        var (printed, errors, exitCode) = await Tool.RunAsync("Soak", output, "--minutes", "0.75", "--seed", Seed, "--callers", "12", "--largest", "16");

        Assert.Equal("", errors);
        Assert.Contains($"minutes of load from seed {Seed}", printed, StringComparison.Ordinal);
        Assert.EndsWith($"{Environment.NewLine}0 promises broken.", printed.TrimEnd(), StringComparison.Ordinal);
        Assert.Equal(0, exitCode);
    }
}
