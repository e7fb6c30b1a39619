using System.CommandLine;
using Flame.Control;

namespace Flame.Cli.Verbs;

/// <summary><c>flame exec</c>: runs a program where an executor runs.</summary>
internal static class Exec
{
    public static Command Make(Globals globals)
    {
        var executor = new Argument<string>("executor") { HelpName = "executor", Description = "The executor, as 'flame ps' names it." };
        var words = new Argument<string[]>("command") { HelpName = "command", Description = "The program and its arguments, behind --.", Arity = ArgumentArity.OneOrMore };
        executor.CompletionSources.Add(Names.Executors);
        var verb = new Command("exec", "Runs a program where an executor runs, without input; its exit code is the tool's.") { executor, words };
        globals.Does(verb, async (run, ct) =>
        {
            var request = new ControlRequest("exec", Executor: run.Get(executor), Words: run.Get(words));
            var exit = ExitCodes.Failed;
            await foreach (var answer in run.AskAsync(request, ct).ConfigureAwait(false))
            {
                if (answer.End is { } end) exit = end.Exit ?? ExitCodes.Fine;
                if (run.Output.AsJson || answer.Printed is not { } printed) continue;
                if (printed.IsError) await Console.Error.WriteAsync(printed.Text.AsMemory(), ct).ConfigureAwait(false);
                else run.Output.Raw(printed.Text);
            }

            return exit;
        });
        return verb;
    }
}
