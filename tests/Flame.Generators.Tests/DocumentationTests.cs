using System.Reflection;
using Flame.Generators.Analysis;

namespace Flame.Generators.Tests;

public sealed class DocumentationTests
{
    public static TheoryData<string> Ids => [.. new FlameAnalyzer().SupportedDiagnostics.Select(d => d.Id).Append("FLM0403")];

    [Theory]
    [MemberData(nameof(Ids))]
    public void Every_rule_has_its_page_with_an_example(string id)
    {
        var folder = typeof(DocumentationTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "Rules").Value!;
        var page = File.ReadAllText(Path.Combine(folder, id + ".md"));
        Assert.StartsWith($"# {id}: ", page);
        Assert.Contains("## Why", page);
        Assert.Contains("```csharp", page);
    }

    [Fact]
    public void Every_rule_links_to_its_page() => Assert.All(
        new FlameAnalyzer().SupportedDiagnostics,
        d => Assert.Equal($"https://github.com/flame-dotnet/flame/blob/main/docs/rules/{d.Id}.md", d.HelpLinkUri));
}
