using System.Buffers.Text;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Flame.Soak.Runs;

/// <summary>A process of a run.</summary>
/// <param name="Pid">Its number.</param>
/// <param name="Stamp">When it began: numbers are used again.</param>
/// <param name="Parent">The number of its parent in the run.</param>
/// <param name="Pool">The pool that it is an executor of; <see langword="null"/>: it is a parent.</param>
internal sealed record SoakProcess(int Pid, string Stamp, int Parent, string? Pool)
{
    public bool IsExecutor => Pool is not null;

    public bool IsAlive => SoakProcesses.StampOf(Pid) == Stamp;

    /// <summary>Sends it a signal, if it is still the same.</summary>
    public void Signal(string name)
    {
        if (!IsAlive) return;
        using var kill = Process.Start(new ProcessStartInfo("/bin/kill", [$"-{name}", Pid.ToString(CultureInfo.InvariantCulture)]) { RedirectStandardError = true })!;
        kill.WaitForExit();
    }

    public override string ToString() => $"{(IsExecutor ? "executor" : "parent")} {Pid} of parent {Parent}";
}

/// <summary>The processes of one run, which they inherit the name of.</summary>
internal sealed class SoakProcesses(string run)
{
    public const string Run = "SOAK_RUN";

    /// <summary>All that live, the oldest first.</summary>
    public SoakProcess[] Find() =>
        [.. Directory.EnumerateDirectories("/proc").Select(path => int.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? Read(pid) : null)
            .OfType<SoakProcess>().OrderBy(process => process.Stamp.Length).ThenBy(process => process.Stamp, StringComparer.Ordinal)];

    /// <summary>When a process began, in the clock of its system; <see langword="null"/>: it is gone.</summary>
    public static string? StampOf(int pid)
    {
        try
        {
            // Behind the name, which is in brackets: the state, and as the 20th the beginning. A zombie is gone.
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] is "Z" or "X" ? null : fields[19];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private SoakProcess? Read(int pid)
    {
        if (pid == Environment.ProcessId || StampOf(pid) is not { } stamp) return null;
        try
        {
            var environment = Encoding.UTF8.GetString(File.ReadAllBytes($"/proc/{pid}/environ")).Split('\0');
            if (!environment.Contains($"{Run}={run}")) return null;
            var parent = environment.FirstOrDefault(e => e.StartsWith($"{Parents.SoakParent.Number}=", StringComparison.Ordinal))?.Split('=')[1];
            return new SoakProcess(pid, stamp, int.Parse(parent ?? "0", CultureInfo.InvariantCulture), PoolOf(environment));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string? PoolOf(string[] environment)
    {
        const string Told = "FLAME_PARENT=";
        var told = environment.FirstOrDefault(e => e.StartsWith(Told, StringComparison.Ordinal));
        return told is null ? null : JsonNode.Parse(Base64Url.DecodeFromChars(told.AsSpan(Told.Length)))!["pool"]!.GetValue<string>();
    }
}
