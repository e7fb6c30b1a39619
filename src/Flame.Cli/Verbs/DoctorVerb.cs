using System.CommandLine;
using Flame.Cli.Output;
using Flame.Cli.Parents;
using Flame.Control;

namespace Flame.Cli.Verbs;

/// <summary><c>flame doctor</c>: looks whether all is as it has to be, and says what to do.</summary>
internal static class DoctorVerb
{
    public static Command Make(Globals globals)
    {
        var pool = new Option<string?>("--pool") { Description = "Only this pool.", HelpName = "pool" };
        var seconds = new Option<int?>("--boot-seconds") { Description = "How long the probe of each pool may boot. Default: its BootTimeout.", HelpName = "seconds" };
        pool.CompletionSources.Add(Names.Pools);
        var verb = new Command("doctor", "Checks this machine and a parent: boots one executor of each pool, and says of what is wrong what to do.") { pool, seconds };
        globals.Does(verb, async (run, ct) =>
        {
            var findings = new List<Finding>();
            if (!run.IsParentGiven && RunningParents.All().Length == 0)
            {
                findings.AddRange(WithoutParent());
                if (run.Output.AsJson)
                {
                    foreach (var finding in findings) run.Output.Object(new ToolAnswer { Finding = finding }, ToolJson.Default.ToolAnswer);
                }
            }
            else
            {
                findings.AddRange((await run.AskAllAsync(new ControlRequest("doctor", Pool: run.Get(pool), Seconds: run.Get(seconds)), ct).ConfigureAwait(false)).Select(static answer => answer.Finding).OfType<Finding>());
            }

            if (!run.Output.AsJson) Print(run.Output, findings);
            return findings.Exists(static finding => finding.Level == Finding.Problem) ? ExitCodes.Problems : ExitCodes.Fine;
        });
        return verb;
    }

    private static IEnumerable<Finding> WithoutParent()
    {
        foreach (var finding in MachineChecks.Run(Environment.ProcessorCount)) yield return finding;
        var kubernetes = Environment.GetEnvironmentVariable("KUBECONFIG") is { Length: > 0 } named ? named : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".kube", "config");
        yield return new Finding("this machine", "kubernetes", Finding.Fine, File.Exists(kubernetes) ? $"{kubernetes} is there" : $"{kubernetes} is not there; outside of a cluster the Kubernetes backend needs it");
        yield return new Finding("this machine", "parent", Finding.Warning, "no parent listens, so nothing but the machine was looked at", "Start the program, and run flame doctor again.");
    }

    private static void Print(ToolOutput output, List<Finding> findings)
    {
        var rows = new Rows("LEVEL", "OF", "CHECK", "FOUND");
        foreach (var finding in findings) rows.Add(finding.Level, finding.Of, finding.Check, finding.Text);
        output.Table(rows);
        foreach (var finding in findings.Where(static finding => finding.ToDo is not null)) output.Line($"{finding.Of}, {finding.Check}: {Words.Clean(finding.ToDo)}");
    }
}
