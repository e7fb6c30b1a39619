using System.Text.RegularExpressions;

namespace Flame.House.Tests;

public sealed partial class RuleTests
{
    private static readonly string[] s_pages = [.. WrittenFiles.Files("docs/rules", ".md").Select(f => Path.GetFileNameWithoutExtension(f)).Where(name => name != "README")];

    [Fact]
    public void Every_id_in_the_products_has_a_page_and_every_page_an_id()
    {
        var used = WrittenFiles.Files("src", ".cs", ".targets").SelectMany(file => Id().Matches(WrittenFiles.Read(file))).Select(m => m.Value).Distinct().Order(StringComparer.Ordinal);
        Assert.Equal(s_pages, used);
    }

    [Fact]
    public void Every_page_is_in_the_index_under_its_own_title()
    {
        var index = IndexLine().Matches(WrittenFiles.Read("docs/rules/README.md")).Select(m => (m.Groups[1].Value, m.Groups[2].Value.Trim()));
        var titles = s_pages.Select(id => (id, PageTitle().Match(WrittenFiles.Read($"docs/rules/{id}.md")).Groups[1].Value.Trim()));
        Assert.Equal(titles, index);
    }

    [GeneratedRegex(@"\bFLM\d{4}\b")]
    private static partial Regex Id();

    [GeneratedRegex(@"^- \[(FLM\d{4})\]\(\1\.md\): (.+)$", RegexOptions.Multiline)]
    private static partial Regex IndexLine();

    [GeneratedRegex(@"\A# FLM\d{4}: (.+)$", RegexOptions.Multiline)]
    private static partial Regex PageTitle();
}
