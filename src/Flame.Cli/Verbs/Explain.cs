using System.CommandLine;
using System.Reflection;
using Flame.Cli.Output;

namespace Flame.Cli.Verbs;

/// <summary><c>flame explain</c>: what an id means. The pages are in the tool, so it needs neither a network nor a parent.</summary>
internal static class Explain
{
    public static Command Make(Globals globals)
    {
        var id = new Argument<string>("id") { HelpName = "id", Description = "The id: FLM2004." };
        id.CompletionSources.Add(static _ => Ids());
        var verb = new Command("explain", "What an id means: when it comes, why, and what to do.") { id };
        globals.Does(verb, (run, _) =>
        {
            var rule = Read(run.Get(id)!);
            if (run.Output.AsJson) run.Output.Object(new ToolAnswer { Rule = rule }, ToolJson.Default.ToolAnswer);
            else foreach (var line in rule.Text.Split('\n')) run.Output.Line(line);
            return Task.FromResult(ExitCodes.Fine);
        });
        return verb;
    }

    private static IEnumerable<string> Ids() => Assembly.GetExecutingAssembly().GetManifestResourceNames().Where(static name => name.StartsWith("FLM", StringComparison.Ordinal)).Order(StringComparer.Ordinal);

    internal static RuleView Read(string asked)
    {
        var name = asked.Trim().ToUpperInvariant();
        if (name.Length > 0 && name.All(char.IsAsciiDigit)) name = "FLM" + name.PadLeft(4, '0');
        using var page = Assembly.GetExecutingAssembly().GetManifestResourceStream(name);
        if (page is null || !name.StartsWith("FLM", StringComparison.Ordinal))
            throw new ToolException("FLM5014", $"There is no id '{asked}'. Ids are FLM and four digits: 0xxx come from the compiler, 1xxx from configuration, 2xxx at run time, 3xxx in the log, 5xxx from this tool. A newer Flame may have more.");
        using var reader = new StreamReader(page);
        var text = reader.ReadToEnd().ReplaceLineEndings("\n").TrimEnd();
        return new RuleView(name, text.Split('\n')[0].TrimStart('#', ' '), text);
    }
}
