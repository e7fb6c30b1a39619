using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Flame.Control;

namespace Flame.Backends;

/// <summary>Runs a program as a process of this host runs: in its directory, with its environment.</summary>
internal sealed class BesideProcess(int pid)
{
    public async Task<int> RunAsync(IReadOnlyList<string> words, Func<bool, ReadOnlyMemory<byte>, Task> print, CancellationToken ct)
    {
        using var process = Start(words);
        using var ended = ct.UnsafeRegister(static process => End((Process)process!), process);
        process.StandardInput.Close();
        await Task.WhenAll(
            CopyAsync(process.StandardOutput.BaseStream, isError: false, print, ct), CopyAsync(process.StandardError.BaseStream, isError: true, print, ct), process.WaitForExitAsync(ct)).ConfigureAwait(false);
        return process.ExitCode;
    }

    private Process Start(IReadOnlyList<string> words)
    {
        var start = new ProcessStartInfo(words[0], words.Skip(1))
        {
            UseShellExecute = false,
            CreateNoWindow = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            if (OperatingSystem.IsLinux()) TakePlace(start);

            // A token that is used up, and would make another executor of what is started.
            start.Environment.Remove(FlameParent.Variable);
            return Process.Start(start)!;
        }
        catch (Exception exception) when (exception is Win32Exception or IOException or UnauthorizedAccessException)
        {
            throw new ControlException("FLM5009", $"{words[0]} could not be started beside process {pid}: {exception.Message}");
        }
    }

    private void TakePlace(ProcessStartInfo start)
    {
        var place = string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/");
        start.WorkingDirectory = new FileInfo(place + "cwd").LinkTarget ?? Environment.CurrentDirectory;
        start.Environment.Clear();
        foreach (var variable in Encoding.UTF8.GetString(File.ReadAllBytes(place + "environ")).Split('\0', StringSplitOptions.RemoveEmptyEntries))
        {
            if (variable.Split('=', 2) is [{ Length: > 0 } name, var value]) start.Environment[name] = value;
        }
    }

    private static async Task CopyAsync(Stream from, bool isError, Func<bool, ReadOnlyMemory<byte>, Task> print, CancellationToken ct)
    {
        var buffer = new byte[4096];
        int read;
        do
        {
            read = await from.ReadAsync(buffer, ct).ConfigureAwait(false);
            await print(isError, buffer.AsMemory(0, read)).ConfigureAwait(false);
        }
        while (read > 0);
    }

    private static void End(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception exception) when (exception is InvalidOperationException or AggregateException or Win32Exception)
        {
            // It has ended.
        }
    }
}
