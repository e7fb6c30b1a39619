using System.Globalization;
using Flame.Control;

namespace Flame.Cli.Parents;

/// <summary>The parents of this user on this machine, and which of them is meant.</summary>
internal static class RunningParents
{
    /// <summary>Those that listen.</summary>
    public static SocketParent[] All() =>
        [.. ControlDirectory.All().SelectMany(ControlDirectory.In).Select(static address => new SocketParent(address)).Where(static parent => parent.IsThere()).OrderBy(static parent => parent.Address.Process)];

    /// <summary>The one that was named, or the only one.</summary>
    /// <exception cref="ToolException">There is none, or more than one.</exception>
    public static IParent One(string? named, string? token)
    {
        if (named?.Contains("://", StringComparison.Ordinal) == true) return new UrlParent(named, token);
        var all = All();
        var meant = named is null ? all : [.. all.Where(parent => parent.Address.Name == named || parent.Address.Process.ToString(CultureInfo.InvariantCulture) == named)];
        return meant switch
        {
            [var one] => one,
            [] when named is not null => throw new ToolException("FLM5002", $"No parent '{named}' listens. {(all.Length == 0 ? "None does." : $"These do: {List(all)}.")}"),
            [] => throw new ToolException("FLM5002", $"No parent of this user listens on this machine (in {string.Join(", ", ControlDirectory.All())}). Start the program; for one that runs elsewhere give --parent with its dashboard's address."),
            _ => throw new ToolException("FLM5003", $"Several parents run: {List(meant)}. Say which with --parent."),
        };
    }

    private static string List(SocketParent[] parents)
    {
        return string.Join(", ", parents.Select(parent => $"{(parents.Count(other => other.Address.Process == parent.Address.Process) > 1 ? parent.Address.Name : parent.Address.Process.ToString(CultureInfo.InvariantCulture))} ({Program(parent.Address.Process)})"));

        static string Program(int process)
        {
            try
            {
                using var found = System.Diagnostics.Process.GetProcessById(process);
                return found.ProcessName;
            }
            catch (Exception e) when (e is ArgumentException or InvalidOperationException)
            {
                return "in another container";
            }
        }
    }
}
