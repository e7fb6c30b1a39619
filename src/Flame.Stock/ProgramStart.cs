using System.Collections;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Flame.CodeSync;
using Microsoft.Win32.SafeHandles;

namespace Flame.Stock;

/// <summary>A program that was received, and lies in its folder.</summary>
/// <param name="Manifest">What it is.</param>
/// <param name="Folder">Where it is.</param>
/// <param name="Token">What it comes in with.</param>
internal sealed record ReceivedProgram(CodeManifest Manifest, string Folder, string Token)
{
    /// <summary>Becomes the program; where a process cannot, runs it and ends as it does.</summary>
    public int Start(FlameParent parent)
    {
        var variable = (parent with { Token = Token }).Encode();
        Environment.CurrentDirectory = Folder;
        string[] command = [Machine.Host, Path.Combine(Folder, Manifest.Entry), .. Manifest.Arguments];
        if (!OperatingSystem.IsWindows()) ProgramStart.Become(command, variable);
        return ProgramStart.Run(command, variable);
    }
}

/// <summary>The step from this program to the other.</summary>
internal static partial class ProgramStart
{
    /// <summary>Has the program that this process becomes keep a file open.</summary>
    public static void Inherit(SafeFileHandle file) => _ = Unix.dup(file.DangerousGetHandle().ToInt32());

    /// <summary>The same process, so that whoever watches it, its limits and its group stay the same. Returns only where that failed.</summary>
    public static unsafe void Become(string[] command, string parent)
    {
        var environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(static entry => $"{entry.Key}={entry.Value}").Append($"{FlameParent.Variable}={parent}").ToArray();
        var (arguments, variables) = (Native(command), Native(environment));
        fixed (nint* argv = arguments)
        fixed (nint* envp = variables)
            _ = Unix.execve(arguments[0], argv, envp);
        throw new CodeException($"FLM2117: {command[0]} could not be started: error {Marshal.GetLastPInvokeError()}, {Marshal.GetLastPInvokeErrorMessage()}");
    }

    /// <summary>A process of its own, which has this one's input and output.</summary>
    public static int Run(string[] command, string parent)
    {
        var start = new ProcessStartInfo(command[0], command[1..]) { UseShellExecute = false };
        start.Environment[FlameParent.Variable] = parent;
        using var process = Process.Start(start)!;
        process.WaitForExit();
        return process.ExitCode;
    }

    // Never freed: it is the next program's, or the end of this one.
    private static nint[] Native(string[] texts) => [.. texts.Select(Marshal.StringToCoTaskMemUTF8), 0];

    private static unsafe partial class Unix
    {
#pragma warning disable IDE1006 // The names are the system's.
        [LibraryImport("libc")]
        internal static partial int dup(int file);

        [LibraryImport("libc", SetLastError = true)]
        internal static partial int execve(nint path, nint* argv, nint* envp);
#pragma warning restore IDE1006
    }
}
