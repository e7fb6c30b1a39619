using System.Reflection;

namespace Flame.Generators.Tests;

/// <summary>One input and one golden output per feature. <c>FLAME_ACCEPT=1</c> rewrites them; nothing else does.</summary>
public sealed class SnapshotTests
{
    private static readonly string Folder = typeof(SnapshotTests).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "Snapshots").Value!;

    public static TheoryData<string> Features =>
        [.. Directory.GetFiles(Folder, "*.input.cs").Select(f => Path.GetFileName(f).Replace(".input.cs", "")).Order()];

    [Theory]
    [MemberData(nameof(Features))]
    public void Output_is_as_reviewed_and_compiles_silently(string feature)
    {
        var run = GeneratorRun.Clean(File.ReadAllText(Path.Combine(Folder, feature + ".input.cs")));

        // What the compiler encodes for a location is a hash of the file; the display text is enough to review.
        var actual = System.Text.RegularExpressions.Regex.Replace(run.Text(), "InterceptsLocation\\(1, \"[^\"]+\"\\)", "InterceptsLocation(1, \"…\")");
        var golden = Path.Combine(Folder, feature + ".output.txt");
        if (Environment.GetEnvironmentVariable("FLAME_ACCEPT") == "1") File.WriteAllText(golden, actual);

        var expected = File.Exists(golden) ? File.ReadAllText(golden).Replace("\r", "") : "";
        Assert.True(expected == actual, $"{feature} differs from its golden file (FLAME_ACCEPT=1 accepts):\n{FirstDifference(expected, actual)}");
    }

    private static string FirstDifference(string expected, string actual)
    {
        var (left, right) = (expected.Split('\n'), actual.Split('\n'));
        for (var i = 0; i < Math.Max(left.Length, right.Length); i++)
        {
            if (left.ElementAtOrDefault(i) != right.ElementAtOrDefault(i))
                return $"line {i + 1}\n- {left.ElementAtOrDefault(i)}\n+ {right.ElementAtOrDefault(i)}";
        }

        return "";
    }
}
