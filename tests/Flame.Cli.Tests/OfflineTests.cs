using Flame.Cli.Tests.Running;
using Flame.Samples.Tests;

namespace Flame.Cli.Tests;

/// <summary>What the tool knows without asking anybody.</summary>
public sealed class OfflineTests : IAsyncDisposable
{
    private readonly Machine _machine = new();

    public ValueTask DisposeAsync() => _machine.DisposeAsync();

    [Fact]
    public void Each_page_of_the_rules_is_in_the_tool_as_it_is_written()
    {
        var pages = Directory.GetFiles(Path.Combine(Repository.Path, "docs", "rules"), "FLM*.md");
        Assert.NotEmpty(pages);
        Assert.All(pages, static page =>
        {
            var rule = Verbs.Explain.Read(Path.GetFileNameWithoutExtension(page));
            Assert.Equal(File.ReadAllText(page).ReplaceLineEndings("\n").TrimEnd(), rule.Text);
            Assert.StartsWith(rule.Id + ": ", rule.Title);
        });
    }

    [Fact]
    public async Task Explain_prints_a_page_and_an_unknown_id_is_not_found()
    {
        Assert.StartsWith("# FLM2004: ", (await _machine.FlameAsync("explain", "flm2004")).Output);
        Assert.StartsWith("# FLM2004: ", (await _machine.FlameAsync("explain", "2004")).Output);
        Assert.Equal("FLM2004", Assert.Single(await _machine.ObjectsAsync("explain", "FLM2004")).GetProperty("rule").GetProperty("id").GetString());
        var unknown = await _machine.FlameAsync("explain", "FLM0000");
        Assert.Equal(ExitCodes.NotFound, unknown.Exit);
        Assert.StartsWith("FLM5014", unknown.Error);
    }

    [Fact]
    public async Task Wrong_usage_is_said_in_one_line()
    {
        foreach (var wrong in new[] { "nope", "calls", "calls show", "pool set gpu", "calls ls --state odd", "completion tcsh", "cost --by moon", "explain" })
        {
            var result = await _machine.FlameAsync(wrong.Split(' '));
            Assert.True(result.Exit == ExitCodes.Usage, $"{wrong}: {result}");
            Assert.StartsWith("FLM5001: ", result.Error);
            Assert.Single(result.Error.TrimEnd().Split('\n'));
        }

        Assert.Equal("FLM5001", (await _machine.FlameAsync("nope", "--json")).Objects.Single().GetProperty("error").GetProperty("id").GetString());
    }

    [Fact]
    public async Task Help_names_each_verb_and_nothing_is_left_to_sweep()
    {
        var help = (await _machine.FlameAsync("--help")).Output;
        Assert.All(["ps", "top", "logs", "calls", "pool", "exec", "doctor", "sweep", "cost", "explain", "completion", "--parent", "--json", "--no-color"], word => Assert.Contains(word, help));
        Assert.Equal(ExitCodes.Fine, (await _machine.FlameAsync("sweep", "--dry-run")).Exit);
    }

    [Fact]
    public async Task Token_goes_to_another_machine_only_in_secret()
    {
        var result = await _machine.FlameAsync("ps", "--parent", "http://192.0.2.1/flame", "--token", "hunter2");
        Assert.Equal(ExitCodes.Usage, result.Exit);
        Assert.DoesNotContain("hunter2", result.Error);
    }
}
