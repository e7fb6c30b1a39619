using System.CommandLine;
using Flame.Cli.Output;
using Flame.Cli.Parents;
using Flame.Control;
using Flame.Observation;

namespace Flame.Cli.Verbs;

/// <summary><c>flame ps</c>: the parents that run here, their pools and executors.</summary>
internal static class Ps
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    public static Command Make(Globals globals)
    {
        var gone = new Option<bool>("--all", "-a") { Description = "Also executors that ended lately, and why." };
        var verb = new Command("ps", "The parents that run here, their pools and executors.") { gone };
        globals.Does(verb, async (run, ct) =>
        {
            var processes = run.IsParentGiven ? [await LookAsync(run.Parent, run, ct).ConfigureAwait(false)] : await AllAsync(run, ct).ConfigureAwait(false);
            if (!run.Output.AsJson) Print(run.Output, processes, run.Get(gone));
            return ExitCodes.Fine;
        });
        return verb;
    }

    public static Rows Pools(IEnumerable<ProcessView> processes)
    {
        var rows = new Rows("PID", "PROGRAM", "POOL", "BACKEND", ">QUEUED", ">BOOTING", ">IDLE", ">BUSY", ">DRAINING", ">MAX", ">CALLS", "WAITS FOR");
        foreach (var process in processes)
        {
            foreach (var pool in process.Pools)
            {
                rows.Add(
                    Words.Number(process.Process), process.Program, pool.Name, pool.Backend, Words.Number(pool.Queued), Words.Number(pool.Booting), Words.Number(pool.Idle), Words.Number(pool.Busy),
                    Words.Number(pool.Draining), Words.Number(pool.Max), Words.Number(pool.Running), string.Join("; ", pool.BootError is { } error ? [.. pool.WaitsFor, $"last boot failed: {error}"] : pool.WaitsFor));
            }
        }

        return rows;
    }

    public static Rows Executors(IEnumerable<ProcessView> processes, bool withGone)
    {
        var rows = new Rows("PID", "EXECUTOR", "WHERE", "STATE", ">CALLS", ">AGE", ">BOOT", ">CPU", ">MEMORY", "REMARK");
        foreach (var process in processes)
        {
            foreach (var executor in process.Pools.SelectMany(static pool => pool.Executors).Where(executor => withGone || executor.State != "gone"))
            {
                rows.Add(
                    Words.Number(process.Process), executor.Name, executor.Description, executor.State, Words.Number(executor.Running), Words.Time(((executor.EndedAt ?? process.At) - executor.StartedAt).TotalSeconds),
                    Words.Time(executor.BootSeconds), Words.Cpu(executor.Cpu), Words.Memory(executor.MemoryBytes), executor.ExitReason ?? executor.WaitsFor ?? "");
            }
        }

        return rows;
    }

    private static void Print(ToolOutput output, IReadOnlyList<ProcessView> processes, bool withGone)
    {
        output.Table(Pools(processes));
        var executors = Executors(processes, withGone);
        if (executors.All.Count == 0) return;
        output.Line();
        output.Table(executors);
    }

    private static async Task<List<ProcessView>> AllAsync(ToolRun run, CancellationToken ct)
    {
        var processes = new List<ProcessView>();
        foreach (var parent in RunningParents.All())
        {
            // One that stands still must not hide the others.
            using var patience = new CancellationTokenSource(s_patience, TimeProvider.System);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(ct, patience.Token);
            try
            {
                processes.Add(await LookAsync(parent, run, both.Token).ConfigureAwait(false));
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                await Console.Error.WriteLineAsync($"FLM5004: {parent.Name} has not answered within {s_patience.TotalSeconds:0} s.").ConfigureAwait(false);
            }
            catch (ToolException e) when (e.Id == "FLM5004")
            {
                // It ended in between; the others are there.
            }
        }

        if (processes.Count == 0) _ = run.Parent;
        return processes;
    }

    private static async Task<ProcessView> LookAsync(IParent parent, ToolRun run, CancellationToken ct)
    {
        ProcessView? found = null;
        await foreach (var line in parent.AskAsync(new ControlRequest("status"), ct).ConfigureAwait(false))
        {
            if (run.Output.AsJson && line.Answer.End is null) run.Output.Object(line.Text);
            found = line.Answer.Process ?? found;
        }

        return found ?? throw new ToolException("FLM5004", $"{parent.Name} did not say what it has.");
    }
}
