using System.CommandLine;
using System.Globalization;
using Flame.Cli.Output;
using Flame.Control;
using Flame.Observation;

namespace Flame.Cli.Verbs;

/// <summary><c>flame calls</c>: which there are, one in full, and the end of one.</summary>
internal static class Calls
{
    public static Command Make(Globals globals) => new("calls", "Calls: those that wait and run, and the last that ended.") { List(globals), Show(globals), Cancel(globals) };

    private static Command List(Globals globals)
    {
        var pool = new Option<string?>("--pool") { Description = "Only of this pool.", HelpName = "pool" };
        var state = new Option<string?>("--state") { Description = "Only in this state.", HelpName = "state" };
        var most = new Option<int>("--most", "-n") { Description = "So many at most, newest first.", DefaultValueFactory = static _ => 100, HelpName = "calls" };
        pool.CompletionSources.Add(Names.Pools);
        state.AcceptOnlyFromAmong("queued", "running", "succeeded", "failed", "cancelled");
        var verb = new Command("ls", "Lists calls, newest first.") { pool, state, most };
        globals.Does(verb, async (run, ct) =>
        {
            var answers = await run.AskAllAsync(new ControlRequest("calls", Pool: run.Get(pool), State: run.Get(state), Most: run.Get(most)), ct).ConfigureAwait(false);
            if (!run.Output.AsJson) run.Output.Table(Table(answers.Select(static answer => answer.Call).OfType<CallView>()));
            return ExitCodes.Fine;
        });
        return verb;
    }

    public static Rows Table(IEnumerable<CallView> calls)
    {
        var rows = new Rows("ID", "POOL", "METHOD", "TAG", "STATE", "EXECUTOR", "BEGAN", ">TOOK", ">ITEMS", "ERROR");
        foreach (var call in calls)
            rows.Add(call.Id, call.Pool, call.Method, call.Tag ?? "", call.State, call.Executor ?? "", Words.Clock(call.BeganAt), Words.Time(call.Seconds), Words.Number(call.Items), call.Error ?? "");
        return rows;
    }

    private static Command Show(Globals globals)
    {
        var id = Id(Names.AllCalls);
        var arguments = new Option<bool>("--arguments") { Description = "Also its arguments, as far as they may be shown." };
        var verb = new Command("show", "One call: where its time went, and how it ended.") { id, arguments };
        globals.Does(verb, async (run, ct) =>
        {
            var answers = await run.AskAllAsync(new ControlRequest("call", Call: run.Get(id)), ct).ConfigureAwait(false);
            if (run.Get(arguments)) answers.AddRange(await run.AskAllAsync(new ControlRequest("arguments", Call: run.Get(id)), ct).ConfigureAwait(false));
            if (!run.Output.AsJson) Print(run.Output, answers);
            return ExitCodes.Fine;
        });
        return verb;
    }

    private static Command Cancel(Globals globals)
    {
        var id = Id(Names.OpenCalls);
        var verb = new Command("cancel", "Cancels a call: its method's token fires, and its caller gets an exception that says so.") { id };
        globals.Does(verb, async (run, ct) =>
        {
            await run.AskAllAsync(new ControlRequest("cancel", Call: run.Get(id)), ct).ConfigureAwait(false);
            if (!run.Output.AsJson) run.Output.Line($"call {run.Get(id)} was cancelled");
            return ExitCodes.Fine;
        });
        return verb;
    }

    private static Argument<string> Id(Func<System.CommandLine.Completions.CompletionContext, IEnumerable<string>> names)
    {
        var id = new Argument<string>("id") { HelpName = "id", Description = "The call, as 'flame calls ls' numbers it." };
        id.CompletionSources.Add(names);
        return id;
    }

    private static void Print(ToolOutput output, List<ControlAnswer> answers)
    {
        var call = answers[0].Call!;
        var facts = new Rows("CALL", call.Id);
        facts.Add("method", call.Method);
        facts.Add("pool", call.Pool);
        facts.Add("tag", call.Tag ?? "");
        facts.Add("state", call.State);
        facts.Add("executor", call.Executor ?? "");
        facts.Add("began", Words.Clock(call.BeganAt) + (call.IsWhole ? "" : ", before anybody looked"));
        facts.Add("took", Words.Time(call.Seconds));
        facts.Add("items", Words.Number(call.Items));
        facts.Add("trace", call.Trace ?? "");
        if (call.Error is { } error) facts.Add("error", error);
        foreach (var argument in answers.Select(static answer => answer.Argument).OfType<ArgumentView>()) facts.Add($"argument {argument.Name}", $"{argument.Type} {argument.Text}");
        output.Table(facts);

        var phases = new Rows("PHASE", ">FROM", ">TOOK", "NOTE");
        foreach (var (name, phase) in call.Boot.Select(static part => ("boot: " + part.Name, part)).Concat(call.Phases.Select(static phase => (phase.Name, phase))).OrderBy(static row => row.Item2.At))
            phases.Add(name, string.Create(CultureInfo.InvariantCulture, $"{phase.At:0.000}s"), Words.Time(phase.Seconds), phase.Note ?? "");
        if (phases.All.Count == 0) return;
        output.Line();
        output.Table(phases);
    }
}
