using System.IO.Enumeration;

namespace Flame.CodeSync;

/// <summary>The files beside the program that executors shall have too.</summary>
internal static class CopiedFiles
{
    /// <summary>By where they are in the program, which is where they are from the folder.</summary>
    /// <exception cref="CodeException">One is not there, or not in the folder.</exception>
    public static IEnumerable<(string Place, string Path)> In(string folder, FlameCodeOptions options)
    {
        foreach (var wanted in options.CopyPaths)
        {
            var path = Path.GetFullPath(wanted, folder);
            var place = Path.GetRelativePath(folder, path).Replace('\\', '/');
            if (Path.IsPathRooted(place) || place == ".." || place.StartsWith("../", StringComparison.Ordinal))
                throw new CodeException($"FLM2112: '{wanted}' among CopyPaths is not in the working directory {folder}, and would have no place in the executor's. Start the program further up, or copy it there.");
            if (File.Exists(path)) yield return (place, path);
            else if (!Directory.Exists(path)) throw new CodeException($"FLM2112: '{wanted}' among CopyPaths is not there: {path}.");
            else
            {
                foreach (var file in Below(path, options.Ignore)) yield return (Path.GetRelativePath(folder, file).Replace('\\', '/'), file);
            }
        }
    }

    /// <summary>The files of a folder but for those that are ignored.</summary>
    public static IEnumerable<string> Below(string folder, IEnumerable<string> ignored)
    {
        string[] names = [.. ignored];
        return new FileSystemEnumerable<string>(folder, static (ref FileSystemEntry entry) => entry.ToFullPath(), new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 })
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) => !entry.IsDirectory && !IsIgnored(entry.FileName, names),

            // A link to a folder could lead around for ever.
            ShouldRecursePredicate = (ref FileSystemEntry entry) => !IsIgnored(entry.FileName, names) && (entry.Attributes & FileAttributes.ReparsePoint) == 0,
        };
    }

    private static bool IsIgnored(ReadOnlySpan<char> name, string[] ignored)
    {
        foreach (var one in ignored)
        {
            if (FileSystemName.MatchesSimpleExpression(one, name)) return true;
        }

        return false;
    }
}
