using System.Collections.Concurrent;
using System.Diagnostics;
using System.Threading.Channels;
using Flame.EndToEnd.Tests.Calls;

namespace Flame.EndToEnd.Tests.Processes;

/// <summary>A run of the program Flame.EndToEnd.App as a parent of executors, or of another one that prints the same.</summary>
internal sealed class AppProcess : IAsyncDisposable
{
    private const string Variable = "FLAME_TEST_APP";

    private readonly string _mark = Guid.NewGuid().ToString("N");
    private readonly Process _process;
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly ConcurrentQueue<string> _all = new();
    private readonly Task _read;

    private AppProcess(ProcessStartInfo start)
    {
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.Environment[Variable] = _mark;
        _process = Process.Start(start)!;
        _read = ReadAsync();
    }

    /// <summary>Where the tests' build has put the program.</summary>
    public static string Path => PathIn("Flame.EndToEnd.App");

    /// <summary>The same program of the next build.</summary>
    public static string NextPath => PathIn("Flame.EndToEnd.NextApp");

    /// <summary>The program's project.</summary>
    public static string Folder => FolderOf("Flame.EndToEnd.App");

    public static string Configuration => new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

    public int Id => _process.Id;

    public string Output => string.Join('\n', _all);

    public static AppProcess Start(params string[] arguments) => Start(Path, arguments);

    public static AppProcess Start(string program, string[] arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program, arguments);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return new AppProcess(start);
    }

    /// <summary>The rest of the next line that begins with the word.</summary>
    public async Task<string> NextAsync(string word)
    {
        try
        {
            while (true)
            {
                var line = await _lines.Reader.ReadAsync().AsTask().Patiently();
                if (line.StartsWith(word + " ", StringComparison.Ordinal) || line == word) return line[word.Length..].Trim();
            }
        }
        catch (Exception e) when (e is TimeoutException or ChannelClosedException)
        {
            throw new InvalidOperationException($"'{word}' was not printed. This was:\n{Output}", e);
        }
    }

    /// <summary>What it has started and is alive: executors and their children.</summary>
    public IReadOnlyList<int> Started() => [.. MarkedProcesses.Find(Variable, _mark).Where(pid => pid != Id)];

    public async Task<int> EndAsync()
    {
        await _process.WaitForExitAsync().Patiently();
        await _read.Patiently();
        return _process.ExitCode;
    }

    public void CloseInput() => _process.StandardInput.Close();

    public Task KillAsync() => Signals.KillAsync(Id);

    public Task TermAsync() => Signals.TermAsync(Id);

    /// <summary>
    /// Holds the program to its promise: once it is gone, all that it started goes too. How long that may take is the
    /// executors' own clock, and a test of it; here it must only come to an end, however busy the machine is.
    /// </summary>
    public async Task NothingIsLeftAsync()
    {
        var clock = Stopwatch.StartNew();
        while (Started() is { Count: > 0 } left)
        {
            Assert.True(clock.Elapsed < Patience.Limit, $"Alive {clock.Elapsed.TotalSeconds:0.0} s after their parent: {string.Join(", ", left.Select(MarkedProcesses.Describe))}");
            await Task.Delay(10);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await MarkedProcesses.KillAsync(Variable, _mark);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static string FolderOf(string project) => System.IO.Path.GetFullPath(
        System.IO.Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "..", project));

    private static string PathIn(string project) => System.IO.Path.Combine(FolderOf(project), "bin", Configuration, "net10.0", "Flame.EndToEnd.App");

    private async Task ReadAsync()
    {
        await Task.WhenAll(ReadAsync(_process.StandardOutput, ""), ReadAsync(_process.StandardError, "error: "));
        _lines.Writer.Complete();
    }

    private async Task ReadAsync(StreamReader reader, string prefix)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            _all.Enqueue(prefix + line);
            _lines.Writer.TryWrite(prefix + line);
        }
    }
}
