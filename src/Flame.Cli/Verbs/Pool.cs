using System.CommandLine;
using Flame.Cli.Output;
using Flame.Control;
using Flame.Observation;

namespace Flame.Cli.Verbs;

/// <summary><c>flame pool</c>: what a pool has, and what it is told.</summary>
internal static class Pool
{
    public static Command Make(Globals globals) => new("pool", "Pools: what they have, and what they are told.") { Show(globals), Set(globals), Drain(globals) };

    private static Argument<string> Name()
    {
        var name = new Argument<string>("pool") { HelpName = "pool", Description = "The pool." };
        name.CompletionSources.Add(Names.Pools);
        return name;
    }

    private static Command Show(Globals globals)
    {
        var name = Name();
        name.Arity = ArgumentArity.ZeroOrOne;
        var explain = new Option<bool>("--explain") { Description = "Each option, its value, and who said so." };
        var verb = new Command("show", "A pool, or all of them.") { name, explain };
        globals.Does(verb, async (run, ct) =>
        {
            if (run.Get(explain))
            {
                var options = await run.AskAllAsync(new ControlRequest("explain", Pool: run.Get(name)), ct).ConfigureAwait(false);
                if (!run.Output.AsJson) run.Output.Table(Options(options));
                return ExitCodes.Fine;
            }

            var process = (await run.AskAllAsync(new ControlRequest("status"), ct).ConfigureAwait(false))[0].Process!;
            var pools = process.Pools.Where(pool => run.Get(name) is not { } one || pool.Name.Equals(one, StringComparison.OrdinalIgnoreCase)).ToArray();
            if (pools.Length == 0) throw new ToolException("FLM5005", $"There is no pool '{run.Get(name)}'. There are: {string.Join(", ", process.Pools.Select(static pool => pool.Name))}.");
            if (!run.Output.AsJson) Print(run.Output, process with { Pools = pools });
            return ExitCodes.Fine;
        });
        return verb;
    }

    private static Command Set(Globals globals)
    {
        var name = Name();
        var values = new Argument<string[]>("option=value") { HelpName = "option=value", Description = "What to set: Max=8 Min=2. All of them or, where one is wrong, none.", Arity = ArgumentArity.OneOrMore };
        values.CompletionSources.Add(Names.Options);
        var verb = new Command("set", "Changes options of a running pool, until its program ends.") { name, values };
        globals.Does(verb, async (run, ct) =>
        {
            var request = new ControlRequest("set", Pool: run.Get(name), Values: Read(run.Get(values)!));
            var answers = await run.AskAllAsync(request, ct).ConfigureAwait(false);
            if (!run.Output.AsJson) run.Output.Table(Options(answers));
            return ExitCodes.Fine;
        });
        return verb;
    }

    private static Command Drain(Globals globals)
    {
        var name = Name();
        var verb = new Command("drain", "Has the executors of a pool finish what they have and go; the next call boots others.") { name };
        globals.Does(verb, async (run, ct) =>
        {
            await run.AskAllAsync(new ControlRequest("drain", Pool: run.Get(name)), ct).ConfigureAwait(false);
            if (!run.Output.AsJson) run.Output.Line($"the executors of pool {run.Get(name)} finish what they have and go");
            return ExitCodes.Fine;
        });
        return verb;
    }

    private static Dictionary<string, string> Read(string[] words)
    {
        var values = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var word in words)
        {
            if (word.Split('=', 2) is not [{ Length: > 0 } option, var value]) throw new ToolException("FLM5001", $"'{word}' sets nothing: an option, '=', a value, as in Max=8.");
            values[option] = value;
        }

        return values;
    }

    private static Rows Options(IEnumerable<ControlAnswer> answers)
    {
        var rows = new Rows("POOL", "OPTION", "VALUE", "FROM", "LIVE");
        foreach (var answer in answers.Where(static answer => answer.Option is not null))
            rows.Add(answer.Pool!, answer.Option!.Name, answer.Option.Value, answer.Option.From, answer.Option.IsLive ? "yes" : "from the next start");
        return rows;
    }

    private static void Print(ToolOutput output, ProcessView process)
    {
        output.Table(Ps.Pools([process]));
        output.Line();
        output.Table(Ps.Executors([process], withGone: true));
    }
}
