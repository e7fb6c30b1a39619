using System.Text.RegularExpressions;
using Flame.Kubernetes;

namespace Flame.Images.Tests;

/// <summary>The page on Kubernetes tells of every option, once.</summary>
public sealed partial class OptionsPageTests
{
    private static readonly string s_page = File.ReadAllText(Path.Combine(Repository.Path, "docs", "kubernetes.md"));

    [Fact]
    public void Every_option_is_in_the_table() => Assert.Equal(
        typeof(KubernetesOptions).GetProperties().Select(p => p.Name).Order(StringComparer.Ordinal),
        Row().Matches(s_page).Select(m => m.Groups[1].Value).Order(StringComparer.Ordinal));

    [Fact]
    public void An_option_that_configuration_cannot_set_says_so()
    {
        var inCode = Row().Matches(s_page).Where(m => m.Groups[2].Value.Contains("code only", StringComparison.Ordinal)).Select(m => m.Groups[1].Value);
        Assert.Equal(["ConfigurePod", "VolumeMounts", "Volumes"], inCode.Order(StringComparer.Ordinal));
    }

    [GeneratedRegex(@"^\| `([A-Z][A-Za-z]+)` \|([^\n]*)$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
