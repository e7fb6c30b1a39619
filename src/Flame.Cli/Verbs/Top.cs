using System.CommandLine;
using Flame.Cli.Output;
using Flame.Control;
using Flame.Observation;
using Spectre.Console;
using Rows = Flame.Cli.Output.Rows;

namespace Flame.Cli.Verbs;

/// <summary><c>flame top</c>: what goes on, second by second.</summary>
internal static class Top
{
    public static Command Make(Globals globals)
    {
        var looks = new Option<int?>("--looks", "-n") { Description = "Ends after so many looks.", HelpName = "looks" };
        var verb = new Command("top", "Pools, executors and open calls, looked at once a second; q quits.") { looks };
        globals.Does(verb, async (run, ct) =>
        {
            using var end = CancellationTokenSource.CreateLinkedTokenSource(ct);
            if (!run.Output.IsTerminal || run.Output.AsJson)
            {
                await PlainAsync(run, run.Get(looks), end.Token).ConfigureAwait(false);
                return ExitCodes.Fine;
            }

            _ = Task.Factory.StartNew(() => WaitForQuit(end), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            try
            {
                await LiveAsync(run, run.Get(looks), end.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                // It was quit.
            }

            return ExitCodes.Fine;
        });
        return verb;
    }

    private static async Task PlainAsync(ToolRun run, int? looks, CancellationToken ct)
    {
        await foreach (var answer in run.AskAsync(new ControlRequest("watch", Most: looks), ct).ConfigureAwait(false))
        {
            if (run.Output.AsJson || answer.Process is not { } process) continue;
            run.Output.Line($"{Words.Clock(process.At)} {process.Program} {Words.Number(process.Process)}");
            var calls = await OpenAsync(run, ct).ConfigureAwait(false);
            foreach (var rows in Tables(process, calls, int.MaxValue))
            {
                foreach (var line in rows.Plain()) run.Output.Line(line);
                run.Output.Line();
            }
        }
    }

    private static async Task LiveAsync(ToolRun run, int? looks, CancellationToken ct)
    {
        var terminal = run.Output.Terminal;
        Exception? failure = null;
        try
        {
            terminal.Write(new ControlCode("\u001b[?1049h\u001b[H"));
            await terminal.Live(new Spectre.Console.Text("…")).StartAsync(async view =>
            {
                await foreach (var answer in run.AskAsync(new ControlRequest("watch", Most: looks), ct).ConfigureAwait(false))
                {
                    if (answer.Process is not { } process) continue;
                    var calls = await OpenAsync(run, ct).ConfigureAwait(false);
                    view.UpdateTarget(Drawn(process, calls, terminal.Profile.Height));
                    view.Refresh();
                }
            }).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            failure = e;
        }

        // Whatever happened, the terminal is as it was.
        terminal.Write(new ControlCode("\u001b[?1049l"));
        if (failure is not null) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
    }

    private static Rows[] Tables(ProcessView process, IReadOnlyList<CallView> calls, int most)
    {
        var executors = Ps.Executors([process], withGone: false);
        Rows[] all = [Ps.Pools([process]), executors, Calls.Table(calls.Take(most))];
        return [.. all.Where(static rows => rows.All.Count > 0)];
    }

    private static Spectre.Console.Rows Drawn(ProcessView process, IReadOnlyList<CallView> calls, int height)
    {
        var head = new Spectre.Console.Text($"{process.Program} {Words.Number(process.Process)}   {Words.Clock(process.At)}   up {Words.Time((process.At - process.StartedAt).TotalSeconds)}   q quits", new Style(decoration: Decoration.Bold));
        var taken = process.Pools.Length + process.Pools.Sum(static pool => pool.Executors.Count(static executor => executor.State != "gone"));
        return new Spectre.Console.Rows([head, .. Tables(process, calls, Math.Max(1, height - taken - 16)).Select(ToolOutput.Drawn)]);
    }

    private static async Task<IReadOnlyList<CallView>> OpenAsync(ToolRun run, CancellationToken ct)
    {
        var calls = new List<CallView>();
        foreach (var state in new[] { "running", "queued" })
        {
            await foreach (var line in run.Parent.AskAsync(new ControlRequest("calls", State: state, Most: 50), ct).ConfigureAwait(false))
            {
                if (line.Answer.Call is { } call) calls.Add(call);
            }
        }

        return calls;
    }

    private static void WaitForQuit(CancellationTokenSource end)
    {
        try
        {
            while (Console.ReadKey(intercept: true).KeyChar is not ('q' or 'Q' or (char)3 or (char)4))
            {
            }

            end.Cancel();
        }
        catch (Exception e) when (e is InvalidOperationException or IOException or ObjectDisposedException)
        {
            // Nobody can type here, or it is over.
        }
    }
}
