using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Flame.Doubles;

/// <summary>What a platform would run as a container or a machine: a real process of this host, with an environment of its own.</summary>
public sealed partial class MachineProcess : IAsyncDisposable
{
    public const int SigInt = 2;
    public const int SigKill = 9;
    public const int SigTerm = 15;
    public const int SigStop = 19;
    public const int SigCont = 18;

    // What a process of this host needs to run at all, and the mark by which a test run finds what it left behind.
    private static readonly string[] s_kept = ["PATH", "HOME", "TMPDIR", "DOTNET_ROOT", "DOTNET_CLI_HOME", "NUGET_PACKAGES", "FLAME_TEST_RUN", "LD_LIBRARY_PATH", "LANG"];

    private readonly Process _process;

    private MachineProcess(Process process, Action<string> output)
    {
        _process = process;
        Exited = WatchAsync(output);
    }

    public int Id => _process.Id;

    /// <summary>Completes with the exit code, once all that it printed has been handed over; 128 + n for signal n.</summary>
    public Task<int> Exited { get; }

    public static MachineProcess Start(string path, IEnumerable<string> arguments, IEnumerable<KeyValuePair<string, string>> environment, Action<string> output, string? folder = null)
    {
        var start = new ProcessStartInfo(path, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder ?? "",
        };
        var kept = s_kept.Select(name => (name, Value: Environment.GetEnvironmentVariable(name))).Where(v => v.Value is not null).ToArray();
        start.Environment.Clear();
        foreach (var (name, value) in kept) start.Environment[name] = value;
        foreach (var (name, value) in environment) start.Environment[name] = value;

        var process = Process.Start(start) ?? throw new InvalidOperationException($"{path} could not be started");

        // A machine's console is nobody's keyboard.
        process.StandardInput.Close();
        return new MachineProcess(process, output);
    }

    public void Signal(int signal)
    {
        if (!Exited.IsCompleted) _ = SendSignal(_process.Id, signal);
    }

    /// <summary>Ends it and everything that it started, as the end of a container or machine does.</summary>
    public async Task KillAsync()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It was gone already.
        }

        await Exited.ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync().ConfigureAwait(false);
        _process.Dispose();
    }

    private async Task<int> WatchAsync(Action<string> output)
    {
        var reading = Task.WhenAll(ReadAsync(_process.StandardOutput), ReadAsync(_process.StandardError));
        await _process.WaitForExitAsync().ConfigureAwait(false);

        // A grandchild may hold the pipes open for ever.
        await Task.WhenAny(reading, Task.Delay(TimeSpan.FromSeconds(1))).ConfigureAwait(false);
        return _process.ExitCode;

        async Task ReadAsync(StreamReader reader)
        {
            while (await reader.ReadLineAsync().ConfigureAwait(false) is { } line) output(line);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int pid, int signal);
}
