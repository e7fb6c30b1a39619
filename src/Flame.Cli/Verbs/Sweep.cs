using System.CommandLine;
using Flame.Cli.Output;
using Flame.Control;
using Flame.Links;

namespace Flame.Cli.Verbs;

/// <summary><c>flame sweep</c>: removes what dead parents of this user left on this machine.</summary>
internal static class Sweep
{
    public static Command Make(Globals globals)
    {
        var dry = new Option<bool>("--dry-run") { Description = "Only says what would be removed." };
        var verb = new Command("sweep", "Removes what killed parents of this user left on this machine: sockets and their directories.") { dry };
        globals.Does(verb, (run, _) =>
        {
            var rows = new Rows("WHAT", ">PID", "PATH", "REMOVED");
            foreach (var leftover in Leftovers(remove: !run.Get(dry)))
            {
                if (run.Output.AsJson) run.Output.Object(new ToolAnswer { Leftover = leftover }, ToolJson.Default.ToolAnswer);
                rows.Add(leftover.Kind, leftover.Process is { } process ? Words.Number(process) : "", leftover.Path, leftover.Removed ? "yes" : run.Get(dry) ? "no, a dry run" : "no");
            }

            if (!run.Output.AsJson && rows.All.Count > 0) run.Output.Table(rows);
            else if (!run.Output.AsJson) run.Output.Line("nothing is left of dead parents");
            return Task.FromResult(ExitCodes.Fine);
        });
        return verb;
    }

    private static IEnumerable<LeftoverView> Leftovers(bool remove)
    {
        foreach (var address in ControlDirectory.Stale().ToArray())
        {
            if (remove) address.Delete();
            yield return new LeftoverView("control socket", address.Path, address.Process, remove && !File.Exists(address.Path));
        }

        foreach (var directory in SocketDirectory.Stale().ToArray())
        {
            if (remove) directory.Delete();
            yield return new LeftoverView("link directory", directory.DirectoryPath, directory.Process, remove && !Directory.Exists(directory.DirectoryPath));
        }
    }
}
