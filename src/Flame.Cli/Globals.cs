using System.CommandLine;

namespace Flame.Cli;

/// <summary>What can be said with each verb.</summary>
internal sealed class Globals
{
    public Globals() => Parent.CompletionSources.Add(static _ => Parents.RunningParents.All().Select(static parent => Output.Words.Number(parent.Address.Process)).Distinct());

    public Option<string?> Parent { get; } = new("--parent") { Description = "The parent: its process, or the address of its dashboard. Not needed where only one runs here.", Recursive = true, HelpName = "pid|url" };

    public Option<string?> Token { get; } = new("--token") { Description = "What the dashboard's authorization takes as a bearer token. Default: FLAME_TOKEN.", Recursive = true, HelpName = "token" };

    public Option<bool> Json { get; } = new("--json") { Description = "One object on each line, as docs/cli.md describes them.", Recursive = true };

    public Option<bool> NoColor { get; } = new("--no-color") { Description = "No colours; NO_COLOR says the same.", Recursive = true };

    public Option[] All => [Parent, Token, Json, NoColor];

    /// <summary>Has a verb do something.</summary>
    public void Does(Command verb, Func<ToolRun, CancellationToken, Task<int>> act) =>
        verb.SetAction((parsed, ct) => new ToolRun(parsed, this).RunAsync(act, ct));
}
