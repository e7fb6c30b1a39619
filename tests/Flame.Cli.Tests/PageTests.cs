using System.Text.RegularExpressions;
using Flame.Cli.Tests.Running;
using Flame.Samples.Tests;

namespace Flame.Cli.Tests;

/// <summary>The page of the tool: what it shows is run.</summary>
public sealed partial class PageTests : IAsyncDisposable
{
    private readonly ViewedProgram _program = new();

    public ValueTask DisposeAsync() => _program.DisposeAsync();

    [Fact]
    public async Task Commands_of_the_page_do_what_the_page_shows()
    {
        await _program.InitializeAsync();
        var page = await File.ReadAllTextAsync(Path.Combine(Repository.Path, "docs", "cli.md"), TestContext.Current.CancellationToken);
        var commands = Command().Matches(page).Select(static match => (Line: match.Groups[1].Value, First: match.Groups[2].Value)).ToArray();
        Assert.True(commands.Length > 20, "the page shows hardly any commands");
        foreach (var (line, first) in commands)
        {
            var result = await _program.Machine.FlameAsync([.. Word().Matches(line).Select(static word => word.Value.Trim('\''))]);
            Assert.True(result.Exit == ExitCodes.Fine, $"{line}: {result}");

            // Figures and times are those of another day; what columns there are is a promise.
            if (Header().IsMatch(first)) Assert.Equal(Columns(first), Columns(result.Lines.First(static found => Header().IsMatch(found))));
        }

        static string[] Columns(string header) => header.StartsWith("CALL ", StringComparison.Ordinal) ? ["CALL"] : header.Split("  ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }

    [Fact]
    public void Each_verb_and_each_exit_code_is_on_the_page()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Path, "docs", "cli.md"));
        foreach (var verb in Verbs.AllVerbs.Of(new Globals()))
        {
            string[] forms = verb.Subcommands.Count == 0 ? [verb.Name] : [.. verb.Subcommands.Select(sub => $"{verb.Name} {sub.Name}")];
            Assert.All(forms, form => Assert.Contains($"$ flame {form}", page));
            Assert.All(verb.Subcommands.Append(verb).SelectMany(static one => one.Options), option => Assert.Contains(option.Aliases.Append(option.Name), name => page.Contains(name, StringComparison.Ordinal)));
        }

        int[] codes = [ExitCodes.Fine, ExitCodes.Failed, ExitCodes.Usage, ExitCodes.NoParent, ExitCodes.NotFound, ExitCodes.Problems, ExitCodes.Interrupted];
        Assert.All(codes, code => Assert.Contains($"\n| {code} |", page));
    }

    [GeneratedRegex(@"^\$ flame (.+)\n(.*)$", RegexOptions.Multiline)]
    private static partial Regex Command();

    [GeneratedRegex(@"'[^']*'|\S+")]
    private static partial Regex Word();

    [GeneratedRegex("^[A-Z]{2,}  ")]
    private static partial Regex Header();
}
