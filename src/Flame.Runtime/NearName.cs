namespace Flame;

/// <summary>What somebody who wrote a wrong name may have meant.</summary>
internal static class NearName
{
    /// <summary>A question with a space before it, or nothing where no name is near.</summary>
    public static string Meant(string written, IEnumerable<string> names, string path = "") =>
        names.MinBy(name => Edits(written, name)) is { } nearest && Edits(written, nearest) <= 3 ? $" Did you mean {path}{nearest}?" : "";

    private static int Edits(string one, string other)
    {
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 0; i < one.Length; i++)
        {
            var diagonal = row[0]++;
            for (var j = 0; j < other.Length; j++)
            {
                var change = diagonal + (char.ToUpperInvariant(one[i]) == char.ToUpperInvariant(other[j]) ? 0 : 1);
                diagonal = row[j + 1];
                row[j + 1] = Math.Min(change, Math.Min(row[j], diagonal) + 1);
            }
        }

        return row[^1];
    }
}
