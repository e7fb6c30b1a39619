using System.CommandLine;

namespace Flame.Cli.Verbs;

/// <summary>The verbs, in the order of the help.</summary>
internal static class AllVerbs
{
    public static IEnumerable<Command> Of(Globals globals) =>
    [
        Ps.Make(globals), Top.Make(globals), Logs.Make(globals), Calls.Make(globals), Pool.Make(globals), Exec.Make(globals),
        DoctorVerb.Make(globals), Sweep.Make(globals), Cost.Make(globals), Explain.Make(globals), Completion.Make(globals),
    ];
}
