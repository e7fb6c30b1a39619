using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using Xunit;

namespace Flame.Chaos.Tests;

/// <summary>A few rounds of what `benchmarks/Flame.Chaos` does for as long as one likes.</summary>
public sealed class ChaosTests(ITestOutputHelper output)
{
    private const int Rounds = 2;

    [Theory]
    [InlineData("kubernetes")]
    [InlineData("fly")]
    public async Task Whatever_is_killed_every_call_has_one_outcome_and_nothing_is_left(string backend)
    {
        var seed = Random.Shared.Next(1, 1_000_000).ToString(CultureInfo.InvariantCulture);
        var start = new ProcessStartInfo(Metadata("Chaos"), ["--backend", backend, "--rounds", $"{Rounds}", "--seed", seed]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var chaos = Process.Start(start)!;
        var printed = chaos.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = chaos.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await chaos.WaitForExitAsync(TestContext.Current.CancellationToken);

        output.WriteLine(await printed);
        Assert.Equal("", await errors);
        Assert.Contains($"{Rounds} rounds, ", await printed, StringComparison.Ordinal);
        Assert.EndsWith(" 0 rounds broke a promise.", (await printed).TrimEnd(), StringComparison.Ordinal);
        Assert.Equal(0, chaos.ExitCode);
    }

    private static string Metadata(string key) =>
        typeof(ChaosTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == key).Value!;
}
