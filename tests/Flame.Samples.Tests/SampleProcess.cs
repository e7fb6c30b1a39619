using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Flame.Samples.Tests;

/// <summary>The sample as the user runs it: a process of its own, in a folder of its own.</summary>
internal sealed class SampleProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(8);

    private readonly string _mark = $"FLAME_SAMPLE_RUN={Guid.NewGuid():N}";
    private readonly ConcurrentQueue<string> _out = new();
    private readonly ConcurrentQueue<string> _errors = new();
    private readonly SemaphoreSlim _printed = new(0);
    private readonly Process _process;

    public SampleProcess(string workingDirectory, string program, string[] arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = workingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // Where there is no PATH, dotnet must be found all the same.
        start.Environment["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        foreach (var (name, value) in environment.Append((_mark.Split('=')[0], _mark.Split('=')[1]))) start.Environment[name] = value;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Printed(_out, line.Data);
        _process.ErrorDataReceived += (_, line) => Printed(_errors, line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>For a build that a test starts: its servers would outlive the test.</summary>
    public static (string Name, string Value)[] NoServers { get; } = [("MSBUILDDISABLENODEREUSE", "1"), ("UseSharedCompilation", "false"), ("DOTNET_CLI_USE_MSBUILD_SERVER", "0")];

    /// <summary>In its own folder, with its own frameworks, built as these tests are.</summary>
    public static string Thumbnails { get; } = ProgramOf("Thumbnails");

    public static string Stills { get; } = ProgramOf("Stills");

    public static string WebApp { get; } = ProgramOf("WebApp");

    public static string Sweep { get; } = ProgramOf("Sweep");

    public int Id => _process.Id;

    /// <summary>What is typed into it.</summary>
    public TextWriter In => _process.StandardInput;

    public int ExitCode => _process.ExitCode;

    public string[] Out => [.. _out];

    public string[] Errors => [.. _errors];

    public string Everything => string.Join('\n', [.. _out, .. _errors]);

    /// <summary>Starts one of the small samples.</summary>
    public static SampleProcess StartSmall(string name) => new(Repository.Path, ProgramOf(name), []);

    /// <summary>Runs it to its end.</summary>
    public static Task<SampleProcess> RunAsync(string workingDirectory, params string[] arguments) => EndedAsync(new SampleProcess(workingDirectory, Thumbnails, arguments));

    /// <summary>Runs Stills to its end.</summary>
    public static Task<SampleProcess> RunStillsAsync(string workingDirectory, params string[] arguments) => EndedAsync(new SampleProcess(workingDirectory, Stills, arguments));

    /// <summary>Runs one of the small samples to its end, with a folder of its own for temporary files.</summary>
    public static Task<SampleProcess> RunSmallAsync(string name, string temporary) =>
        EndedAsync(new SampleProcess(Repository.Path, ProgramOf(name), [], ("TMPDIR", temporary)));

    public async Task EndAsync() => await _process.WaitForExitAsync().WaitAsync(Patience);

    /// <summary>Waits for a line of its output; fails when it ends without.</summary>
    public async Task<string> LineAsync(Func<string, bool> which)
    {
        var ended = _process.WaitForExitAsync();
        while (true)
        {
            var last = ended.IsCompleted;
            if (_out.FirstOrDefault(which) is { } line) return line;
            Assert.False(last, Everything);
            await Task.WhenAny(_printed.WaitAsync(), ended).WaitAsync(Patience);
        }
    }

    /// <summary>The processes of this run that live: every one of them inherits its environment.</summary>
    public int[] Alive() =>
        [.. Directory.GetDirectories("/proc").Select(Path.GetFileName).Where(name => int.TryParse(name, out _)).Select(name => int.Parse(name!)).Where(IsOurs)];

    /// <summary>Fails when the run left a process behind. One that was just killed has a moment to be gone.</summary>
    public async Task NothingIsLeftAsync()
    {
        for (var i = 0; i < 100 && Alive().Length > 0; i++) await Task.Delay(50);
        Assert.Empty(Alive());
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await EndAsync();
        foreach (var id in Alive()) Process.GetProcessById(id).Kill();
        _process.Dispose();
        _printed.Dispose();
    }

    private static string ProgramOf(string name) =>
        Path.Combine(Repository.Path, "samples", name, "bin", new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "net10.0", name);

    private static async Task<SampleProcess> EndedAsync(SampleProcess sample)
    {
        await sample.EndAsync();
        return sample;
    }

    private void Printed(ConcurrentQueue<string> lines, string? line)
    {
        if (line is null) return;
        lines.Enqueue(line);
        _printed.Release();
    }

    private bool IsOurs(int id)
    {
        try
        {
            return Encoding.UTF8.GetString(File.ReadAllBytes($"/proc/{id}/environ")).Split('\0').Contains(_mark);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
