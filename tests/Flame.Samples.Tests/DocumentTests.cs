using System.Text.RegularExpressions;

namespace Flame.Samples.Tests;

public sealed partial class DocumentTests
{
    [Fact]
    public void Every_test_that_the_page_on_FLAME_names_exists()
    {
        var named = TestName().Matches(File.ReadAllText(Path.Combine(Repository.Path, "docs", "flame-elixir.md"))).Select(m => m.Groups[1].Value).Distinct().ToArray();
        Assert.NotEmpty(named);
        var tests = Directory.GetFiles(Path.Combine(Repository.Path, "tests"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => TestMethod().Matches(File.ReadAllText(file))).Select(m => m.Groups[1].Value).ToHashSet(StringComparer.Ordinal);
        Assert.All(named, name => Assert.Contains(name, tests));
    }

    // A promise is words joined by underscores, and words of capitals alone are a variable.
    [GeneratedRegex("`([A-Z][A-Za-z0-9]*(?:_[A-Za-z0-9]*[a-z0-9][A-Za-z0-9]*)+)`")]
    private static partial Regex TestName();

    [GeneratedRegex(@"\b(?:void|Task|ValueTask) ([A-Z]\w*_\w+)\(")]
    private static partial Regex TestMethod();
}
