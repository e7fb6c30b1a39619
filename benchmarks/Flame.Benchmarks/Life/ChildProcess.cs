using System.Diagnostics;
using System.Reflection;

namespace Flame.Benchmarks;

/// <summary>A program that is spoken to by lines.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private readonly Process _process;

    public ChildProcess(string path, params string[] arguments)
    {
        var start = new ProcessStartInfo(path) { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        _process = Process.Start(start)!;
    }

    public int Id => _process.Id;

    /// <summary>Another program of this folder, in the same configuration.</summary>
    public static string Program(string name) =>
        Path.Combine(Metadata("Programs"), name, Metadata("Output"), OperatingSystem.IsWindows() ? name + ".exe" : name);

    /// <summary>The same, compiled ahead of time; <see langword="null"/> when it was not.</summary>
    public static string? NativeProgram(string name) => Published(name, "native");

    /// <summary>The same, with its methods compiled beforehand for the runtime that is installed; <see langword="null"/> when it was not.</summary>
    public static string? ReadyProgram(string name) => Published(name, "ready");

    public async Task<string> ReadAsync() =>
        await _process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("the child process ended");

    public Task SayAsync(string line)
    {
        _process.StandardInput.WriteLine(line);
        return _process.StandardInput.FlushAsync();
    }

    public Task ExitAsync() => _process.WaitForExitAsync();

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static string? Published(string name, string kind)
    {
        var path = Path.Combine(Metadata("Programs"), name, "bin", kind, name);
        return File.Exists(path) ? path : null;
    }

    private static string Metadata(string key) =>
        typeof(ChildProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(a => a.Key == key).Value!;
}
