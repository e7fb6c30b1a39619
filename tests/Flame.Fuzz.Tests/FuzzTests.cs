using Flame.Fuzz.Targets;

namespace Flame.Fuzz.Tests;

/// <summary>A short run of what runs for ten million inputs at night.</summary>
public sealed class FuzzTests
{
    private const int Inputs = 10_000;

    public static TheoryData<string> Targets => [.. AllTargets.Make().Select(static target => target.Name)];

    [Theory]
    [MemberData(nameof(Targets))]
    public void No_input_crashes_hangs_or_takes_more_memory_than_it_may(string name)
    {
        var target = AllTargets.Make().Single(target => target.Name == name);
        using var trial = new Trial();
        var result = new Fuzzer(target, seed: 1, trial.Last).Run(Math.Max(50, Inputs * target.Weight / 1000));
        (target as IDisposable)?.Dispose();
        Assert.Empty(result.Findings.Select(static finding => $"{finding.What} {Convert.ToHexString(finding.Input)}"));
    }
}
