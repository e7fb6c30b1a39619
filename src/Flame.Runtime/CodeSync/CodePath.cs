namespace Flame.CodeSync;

/// <summary>The places of files in a program that is sent: relative, forward, and the same on every system.</summary>
internal static class CodePath
{
    private const int Longest = 1_024;

    private static readonly string[] s_devices = ["CON", "PRN", "AUX", "NUL"];

    /// <summary>Why a path may not be used; <see langword="null"/>: it may.</summary>
    public static string? Doubt(string path)
    {
        if (path.Length is 0 or > Longest) return "it is empty or too long";
        if (path.Contains('\\', StringComparison.Ordinal) || path.Contains(':', StringComparison.Ordinal)) return "it has a backslash or a colon";
        if (path.Any(char.IsControl)) return "it has a control character";
        return path.Split('/').Select(DoubtOfPart).FirstOrDefault(static doubt => doubt is not null);
    }

    /// <summary>Two places of a program that are one on a system that does not tell upper from lower case, or of which one would lie in the other.</summary>
    public static (string One, string Other)? Clash(IEnumerable<string> paths)
    {
        var all = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var path in paths)
        {
            if (all.TryGetValue(path, out var known)) return (known, path);
            all.Add(path);
        }

        var folders = all.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (var path in all)
        {
            for (var end = path.IndexOf('/'); end >= 0; end = path.IndexOf('/', end + 1))
            {
                if (folders.TryGetValue(path.AsSpan(0, end), out var file)) return (file, path);
            }
        }

        return null;
    }

    private static string? DoubtOfPart(string part)
    {
        if (part.Length == 0) return "it is absolute, or has an empty part";
        if (part is "." or "..") return "it leads elsewhere";
        if (part.EndsWith('.') || part.EndsWith(' ')) return "a part of it ends with a dot or a blank";
        var stem = part.Split('.')[0].TrimEnd();
        var isDevice = s_devices.Contains(stem, StringComparer.OrdinalIgnoreCase)
            || (stem.Length == 4 && stem[3] is >= '0' and <= '9' && (stem.StartsWith("COM", StringComparison.OrdinalIgnoreCase) || stem.StartsWith("LPT", StringComparison.OrdinalIgnoreCase)));
        return isDevice ? "a part of it is the name of a device" : null;
    }
}
