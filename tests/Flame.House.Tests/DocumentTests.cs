using System.Text.RegularExpressions;

namespace Flame.House.Tests;

public sealed partial class DocumentTests
{
    public static TheoryData<string> Documents => [.. WrittenFiles.Documents];

    [Theory]
    [InlineData("docs/flame-elixir.md")]
    [InlineData("docs/guarantees.md")]
    [InlineData("docs/security.md")]
    public void Every_test_that_a_page_of_promises_names_exists(string page)
    {
        var named = TestName().Matches(WrittenFiles.Read(page)).Select(m => m.Groups[1].Value).Distinct().ToArray();
        Assert.NotEmpty(named);
        var tests = WrittenFiles.Tests
            .SelectMany(file => TestMethod().Matches(WrittenFiles.Read(file))).Select(m => m.Groups[1].Value).ToHashSet(StringComparer.Ordinal);
        Assert.All(named, name => Assert.Contains(name, tests));
    }

    [Fact]
    public void Every_type_that_the_page_on_the_architecture_names_exists()
    {
        var named = TypeName().Matches(WrittenFiles.Read("docs/architecture.md")).Select(m => m.Groups[1].Value).Where(name => name != "Flame").Distinct().ToArray();
        Assert.NotEmpty(named);
        var source = string.Concat(WrittenFiles.Products.Select(WrittenFiles.Read));
        Assert.All(named, name => Assert.Matches($@"\b(?:class|struct|record|interface|enum) {name}\b|\b{name} (?:\{{ get|=)", source));
    }

    [Fact]
    public void Every_part_of_the_benchmarks_is_in_their_table_and_nothing_else_is()
    {
        // One part is run by somebody else's program and is in no list.
        string[] parts = [.. Part().Matches(WrittenFiles.Read("benchmarks/Flame.Benchmarks/Part.cs")).Select(m => m.Groups[1].Value), "micro"];
        Assert.True(parts.Length > 1, "no part was found in Part.cs");
        var rows = PartRow().Matches(WrittenFiles.Read("benchmarks/README.md")).Select(m => m.Groups[1].Value);
        Assert.Equal(parts.Order(StringComparer.Ordinal), rows.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Links_within_the_repository_lead_somewhere(string document)
    {
        var folder = Path.GetDirectoryName(document)!;
        var targets = Link().Matches(WrittenFiles.Read(document)).Select(m => m.Groups[1].Value)
            .Where(target => !target.Contains("://", StringComparison.Ordinal) && !target.StartsWith('#'))
            .Select(target => Path.Combine(folder, target.Split('#')[0]));
        Assert.All(targets, target => Assert.True(WrittenFiles.Has(target), $"{document} links to {target}"));
    }

    // A promise is words joined by underscores, and words of capitals alone are a variable.
    [GeneratedRegex("`([A-Z][A-Za-z0-9]*(?:_[A-Za-z0-9]*[a-z0-9][A-Za-z0-9]*)+)`")]
    private static partial Regex TestName();

    [GeneratedRegex(@"\b(?:void|Task|ValueTask) ([A-Z]\w*_\w+)\(")]
    private static partial Regex TestMethod();

    // The type, not its member: and projects are Flame.Something.
    [GeneratedRegex(@"`([A-Z][a-z]\w*)(?:\.\w+)?`")]
    private static partial Regex TypeName();

    [GeneratedRegex("^\\s*new\\(\"(\\w+)\", ", RegexOptions.Multiline)]
    private static partial Regex Part();

    [GeneratedRegex(@"^\| `(\w+)` \|", RegexOptions.Multiline)]
    private static partial Regex PartRow();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();
}
