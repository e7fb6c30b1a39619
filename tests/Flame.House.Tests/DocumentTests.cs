using System.Text.RegularExpressions;

namespace Flame.House.Tests;

public sealed partial class DocumentTests
{
    public static TheoryData<string> Documents => [.. Repository.Documents];

    [Fact]
    public void Every_test_that_the_page_on_FLAME_names_exists()
    {
        var named = TestName().Matches(Repository.Read("docs/flame-elixir.md")).Select(m => m.Groups[1].Value).Distinct().ToArray();
        Assert.NotEmpty(named);
        var tests = Repository.Sources.Where(file => file.StartsWith("tests/", StringComparison.Ordinal))
            .SelectMany(file => TestMethod().Matches(Repository.Read(file))).Select(m => m.Groups[1].Value).ToHashSet(StringComparer.Ordinal);
        Assert.All(named, name => Assert.Contains(name, tests));
    }

    [Fact]
    public void Every_type_that_the_page_on_the_architecture_names_exists()
    {
        var text = Repository.Read("docs/architecture.md");
        var named = TypeName().Matches(text).Select(m => m.Groups[1].Value).Where(name => name != "Flame").Distinct().ToArray();
        Assert.NotEmpty(named);
        var source = string.Concat(Repository.Sources.Where(file => file.StartsWith("src/", StringComparison.Ordinal)).Select(Repository.Read));
        Assert.All(named, name => Assert.Matches($@"\b(?:class|struct|record|interface|enum) {name}\b|\b{name} (?:\{{ get|=)", source));
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Links_within_the_repository_lead_somewhere(string document)
    {
        var folder = Path.GetDirectoryName(document)!;
        var targets = Link().Matches(Repository.Read(document)).Select(m => m.Groups[1].Value)
            .Where(target => !target.Contains("://", StringComparison.Ordinal) && !target.StartsWith('#'))
            .Select(target => Path.Combine(folder, target.Split('#')[0]));
        Assert.All(targets, target => Assert.True(Repository.Has(target), $"{document} links to {target}"));
    }

    // A promise is words joined by underscores, and words of capitals alone are a variable.
    [GeneratedRegex("`([A-Z][A-Za-z0-9]*(?:_[A-Za-z0-9]*[a-z0-9][A-Za-z0-9]*)+)`")]
    private static partial Regex TestName();

    [GeneratedRegex(@"\b(?:void|Task|ValueTask) ([A-Z]\w*_\w+)\(")]
    private static partial Regex TestMethod();

    // The type, not its member: and projects are Flame.Something.
    [GeneratedRegex(@"`([A-Z][a-z]\w*)(?:\.(?!dll)\w+)?`")]
    private static partial Regex TypeName();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();
}
