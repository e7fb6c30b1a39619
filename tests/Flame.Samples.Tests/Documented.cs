namespace Flame.Samples.Tests;

/// <summary>What a page tells its reader to type.</summary>
internal static class Documented
{
    /// <summary>The lines of a page that begin with a command, each as what stands behind it.</summary>
    public static string[][] Commands(string page, string command) =>
    [
        .. File.ReadLines(Path.Combine(Repository.Path, "docs", page)).Where(line => line.StartsWith(command, StringComparison.Ordinal))
            .Select(line => line.Split("   #")[0].TrimEnd()[command.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)),
    ];
}
