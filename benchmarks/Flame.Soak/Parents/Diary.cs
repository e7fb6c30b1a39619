using System.Globalization;

namespace Flame.Soak.Parents;

/// <summary>What each process writes down of the calls, in a file of its own: it survives the process, however that ends.</summary>
internal static class Diary
{
    /// <summary>The environment variable with the folder of all diaries.</summary>
    public const string Folder = "SOAK_DIARIES";

    public const char Started = 'S';
    public const char Ended = 'E';
    public const char HasRun = 'R';

    private static readonly Lazy<StreamWriter> s_file = new(() =>
        new StreamWriter(Path.Combine(Environment.GetEnvironmentVariable(Folder)!, $"{Environment.ProcessId}-{Guid.NewGuid():N}.txt")) { AutoFlush = true });

    /// <summary>In the parent: a call begins.</summary>
    public static void Start(long call, string kind) => Write(Started, call, kind);

    /// <summary>In the parent: a call has its outcome.</summary>
    public static void End(long call, string outcome) => Write(Ended, call, outcome);

    /// <summary>In an executor: the method of a call began.</summary>
    public static void Ran(long call) => Write(HasRun, call, "");

    private static void Write(char what, long call, string words)
    {
        lock (s_file) s_file.Value.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what} {call} {words}"));
    }
}
