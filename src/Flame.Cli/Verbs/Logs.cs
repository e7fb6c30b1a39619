using System.CommandLine;
using Flame.Cli.Output;
using Flame.Control;

namespace Flame.Cli.Verbs;

/// <summary><c>flame logs</c>: what executors log and print.</summary>
internal static class Logs
{
    public static Command Make(Globals globals)
    {
        var follow = new Option<bool>("--follow", "-f") { Description = "Goes on with what comes, until Ctrl-C; of a call until it ends." };
        var executor = new Option<string?>("--executor") { Description = "Only of this executor.", HelpName = "executor" };
        var call = new Option<string?>("--call") { Description = "Only of this call's executor while it ran there.", HelpName = "id" };
        var most = new Option<int>("--tail", "-n") { Description = "Lines of the past at most.", DefaultValueFactory = static _ => 200, HelpName = "lines" };
        executor.CompletionSources.Add(Names.Executors);
        call.CompletionSources.Add(Names.AllCalls);
        var verb = new Command("logs", "What executors log and print: the last lines of each, since somebody first looked.") { follow, executor, call, most };
        globals.Does(verb, async (run, ct) =>
        {
            var request = new ControlRequest("logs", Executor: run.Get(executor), Call: run.Get(call), Most: run.Get(most), Follow: run.Get(follow));
            await foreach (var answer in run.AskAsync(request, ct).ConfigureAwait(false))
            {
                if (!run.Output.AsJson && answer.Line is { } line) Print(run.Output, line);
            }

            return ExitCodes.Fine;
        });
        return verb;
    }

    private static void Print(ToolOutput output, Observation.LineView line)
    {
        var first = true;
        foreach (var text in Words.Lines(line.Text))
        {
            output.Line(first ? $"{Words.Clock(line.At)} {line.Executor} {line.Level}: {text}" : $"    {text}");
            first = false;
        }
    }
}
