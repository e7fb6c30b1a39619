using System.Text.RegularExpressions;

namespace Flame.Samples.Tests;

/// <summary>The pages that tell of one sample show what stands in it.</summary>
public sealed class SamplePagesTests
{
    [Theory]
    [InlineData("stills.md", "Stills")]
    [InlineData("sweep.md", "Sweep")]
    [InlineData("webapp.md", "WebApp")]
    public void Every_block_of_code_is_in_the_sample(string page, string sample)
    {
        var sources = Directory.GetFiles(Path.Combine(Repository.Path, "samples", sample), "*.cs").Select(file => Unindented(File.ReadAllText(file))).ToArray();
        var blocks = Regex.Matches(File.ReadAllText(Path.Combine(Repository.Path, "docs", page)), "^```csharp\n(.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline);
        Assert.NotEmpty(blocks);
        Assert.All(blocks.Select(block => Unindented(block.Groups[1].Value)), block => Assert.True(sources.Any(source => source.Contains(block, StringComparison.Ordinal)), block));
    }

    private static string Unindented(string code) => string.Join('\n', code.Split('\n').Select(line => line.Trim()));
}
