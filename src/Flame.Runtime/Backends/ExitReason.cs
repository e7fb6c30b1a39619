using System.Globalization;

namespace Flame.Backends;

/// <summary>The end of a process in words.</summary>
internal static class ExitReason
{
    // How .NET and shells report a signal. A program can also exit with such a code by itself; for people that means
    // the same, because programs that do so pass on the signal that ended their own child.
    private const int SignalBase = 128;
    private const int Kill = 9;

    public static string Describe(int exitCode, bool outOfMemory, IReadOnlyList<string> lastLines)
    {
        var reason = Describe(exitCode, outOfMemory);
        return lastLines.Count == 0 ? reason : $"{reason}; last output: {string.Join(" | ", lastLines)}";
    }

    public static bool IsKill(int exitCode) => !OperatingSystem.IsWindows() && exitCode == SignalBase + Kill;

    private static string Describe(int exitCode, bool outOfMemory)
    {
        if (OperatingSystem.IsWindows() && (exitCode < 0 || exitCode > 0xFFFF))
            return $"exited with code 0x{exitCode:X8}";
        if (IsKill(exitCode) && outOfMemory)
            return "out of memory (killed by the kernel)";
        return !OperatingSystem.IsWindows() && Signal(exitCode - SignalBase) is { } signal
            ? $"killed by {signal}"
            : string.Create(CultureInfo.InvariantCulture, $"exited with code {exitCode}");
    }

    private static string? Signal(int number) => number switch
    {
        1 => "SIGHUP",
        2 => "SIGINT",
        3 => "SIGQUIT",
        4 => "SIGILL (an invalid instruction)",
        5 => "SIGTRAP",
        6 => "SIGABRT (a crash, for example an unhandled exception)",
        8 => "SIGFPE",
        Kill => "SIGKILL (kill -9, or the kernel's out-of-memory killer)",
        11 => "SIGSEGV (a crash in native code)",
        13 => "SIGPIPE",
        14 => "SIGALRM",
        15 => "SIGTERM",
        _ when number == (OperatingSystem.IsMacOS() ? 10 : 7) => "SIGBUS (a crash in native code)",
        _ when number == (OperatingSystem.IsMacOS() ? 12 : 31) => "SIGSYS (a forbidden system call)",
        _ => null,
    };
}
