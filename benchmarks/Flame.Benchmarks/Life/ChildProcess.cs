using System.Diagnostics;
using System.Globalization;
using System.Reflection;

namespace Flame.Benchmarks;

/// <summary>A program that is spoken to by lines.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    // What takes longest is 64 executors that are watched while they are idle.
    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(2);

    private readonly Process _process;

    public ChildProcess(string path, params string[] arguments)
    {
        var start = new ProcessStartInfo(path) { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        _process = Process.Start(start)!;
    }

    public int Id => _process.Id;

    /// <summary>Another program of this folder, in the same configuration.</summary>
    public static string Program(string name) => Program(name, null)!;

    /// <summary>The same, from the folder that it was published to; <see langword="null"/> when it was not.</summary>
    public static string? Program(string name, string? folder)
    {
        var path = Path.Combine(Metadata("Programs"), name, folder is null ? Metadata("Output") : Path.Combine("bin", folder), OperatingSystem.IsWindows() ? name + ".exe" : name);
        return folder is null || File.Exists(path) ? path : null;
    }

    public async Task<string> ReadAsync() =>
        await Patience.WaitAsync(_process.StartInfo.FileName, _process.StandardOutput.ReadLineAsync(), s_longest) ?? throw new InvalidOperationException("the child process ended");

    /// <summary>Says a line, and reads the figures that answer it.</summary>
    public async Task<double[]> AskAsync(string line)
    {
        await SayAsync(line);
        return [.. (await ReadAsync()).Split(' ').Select(figure => double.Parse(figure, CultureInfo.InvariantCulture))];
    }

    public Task SayAsync(string line)
    {
        _process.StandardInput.WriteLine(line);
        return _process.StandardInput.FlushAsync();
    }

    public Task ExitAsync() => _process.WaitForExitAsync();

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync().WaitAsync(s_longest).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }

    private static string Metadata(string key) =>
        typeof(ChildProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(a => a.Key == key).Value!;
}
