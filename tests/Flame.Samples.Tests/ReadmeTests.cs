using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Flame.Executor;
using Flame.Samples.Tests.Readme;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Flame.Samples.Tests;

public sealed partial class ReadmeTests
{
    private static readonly string s_pools = Page("docs/pools.md");

    [Theory]
    [InlineData("README.md")]
    [InlineData("docs/methods.md")]
    [InlineData("docs/testing.md")]
    [InlineData("docs/links.md")]
    [InlineData("docs/moving.md")]
    public void Every_block_of_code_is_code_that_compiles(string page)
    {
        var sources = new[] { "samples", Path.Combine("tests", "Flame.Samples.Tests", "Readme") }
            .SelectMany(folder => Directory.GetFiles(Path.Combine(Repository.Path, folder), "*.cs", SearchOption.AllDirectories))
            .Select(file => Unindented(File.ReadAllText(file))).ToArray();
        var blocks = Blocks(Page(page), "csharp");
        Assert.NotEmpty(blocks);
        Assert.All(blocks, block => Assert.True(sources.Any(source => source.Contains(Unindented(block), StringComparison.Ordinal)), block));
    }

    [Fact]
    public void Every_pool_option_is_in_the_table_with_its_default()
    {
        var defaults = new FlamePoolOptions();
        var rows = typeof(FlamePoolOptions).GetProperties().Where(p => p.SetMethod is { IsPublic: true } && !p.PropertyType.IsAssignableTo(typeof(Delegate)))
            .Select(p => $"| `{p.Name}` | {(p.Name == nameof(FlamePoolOptions.Max) ? "the processor count" : Text(p.GetValue(defaults)!))} |").ToArray();
        Assert.All(rows, row => Assert.Contains(row, s_pools));
        Assert.Equal(rows.Length, OptionRow().Count(s_pools));
    }

    [Fact]
    public async Task Configuration_of_pools_is_one_that_a_host_takes()
    {
        using var json = new MemoryStream(Encoding.UTF8.GetBytes(Assert.Single(Blocks(s_pools, "json"))));
        using var host = Hosting.Configured(new ConfigurationBuilder().AddJsonStream(json).Build(), flame => flame.UseBackend(new InProcessBackend()));
        await host.StartAsync(TestContext.Current.CancellationToken);
        var pools = host.Services.GetRequiredService<FlamePools>();
        Assert.Equal("cpu", pools["cpu"].Name);
        Assert.Equal(1, pools["render"].GetStats().Ready);
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public void Every_named_error_exists()
    {
        var names = ErrorRow().Matches(Page("docs/failures.md")).Select(m => m.Groups[1].Value).ToArray();
        var known = typeof(FlameException).Assembly.GetExportedTypes().Where(t => t.IsSubclassOf(typeof(FlameException))).Select(t => t.Name);
        Assert.Equal(known.Order(StringComparer.Ordinal), names.Order(StringComparer.Ordinal));
    }

    private static string Page(string name) => File.ReadAllText(Path.Combine(Repository.Path, name));

    internal static string[] Blocks(string page, string language) =>
        [.. Regex.Matches(page, $"^```{language}\n(.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline).Select(m => m.Groups[1].Value)];

    private static string Unindented(string code) => string.Join('\n', code.Split('\n').Select(line => line.Trim()));

    private static string Text(object value) => value switch
    {
        TimeSpan span when span == Timeout.InfiniteTimeSpan => "infinite",
        int number => number.ToString("N0", CultureInfo.InvariantCulture),
        bool flag => flag ? "true" : "false",
        _ => value.ToString()!,
    };

    [GeneratedRegex(@"^\| `[A-Za-z]+(?<!Exception)` \|", RegexOptions.Multiline)]
    private static partial Regex OptionRow();

    [GeneratedRegex(@"^\| `([A-Za-z]+Exception)` \|", RegexOptions.Multiline)]
    private static partial Regex ErrorRow();
}
