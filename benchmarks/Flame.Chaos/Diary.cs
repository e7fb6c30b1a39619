namespace Flame.Chaos;

/// <summary>What each process of a round writes down, in a file of its own, and what survives its being killed.</summary>
internal static class Diary
{
    public const string Folder = "CHAOS_FOLDER";

    private static readonly Lazy<StreamWriter> s_file = new(() =>
        new StreamWriter(Path.Combine(Environment.GetEnvironmentVariable(Folder)!, $"{Environment.ProcessId}-{Guid.NewGuid():N}.txt")) { AutoFlush = true });

    public static void Write(string line)
    {
        lock (s_file) s_file.Value.WriteLine(line);
    }

    public static string[][] Read(string folder) =>
        [.. Directory.GetFiles(folder, "*.txt").SelectMany(ReadFile).Select(line => line.Split(' ')).Where(words => words.Length > 1)];

    // Its writer may have been killed in the middle of a line, or still be there.
    private static IEnumerable<string> ReadFile(string path)
    {
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        var text = reader.ReadToEnd();
        return text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
