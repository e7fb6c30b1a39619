using System.Globalization;
using System.Text.Json;
using Flame.Samples.Tests;

namespace Flame.Cli.Tests.Running;

/// <summary>A user's machine of a test's own: its programs with pools, and the tool.</summary>
internal sealed class Machine : IAsyncDisposable
{
    private readonly List<Child> _parents = [];

    public Machine()
    {
        // A short path: sockets have a limit.
        Folder = Directory.CreateTempSubdirectory("fcli-").FullName;
        Sockets = Path.Combine(Folder, "flame");
    }

    /// <summary>Where the user's programs have their sockets; his alone.</summary>
    public string Folder { get; }

    public string Sockets { get; }

    /// <summary>What the tests' build has made of the tool.</summary>
    public static string Tool { get; } = Path.Combine(Repository.Path, "src", "Flame.Cli", "bin", new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "net10.0", "flame");

    public (string Name, string? Value)[] Environment => [("FLAME_CONTROL_DIRECTORY", Sockets), ("NO_COLOR", null), ("FLAME_TOKEN", null), ("TERM", "xterm")];

    /// <summary>Starts a program with pools, which can be looked at.</summary>
    public async Task<Child> StartAsync(params string[] words)
    {
        var parent = await StartUnseenAsync(words);
        await Patience.UntilAsync(() => Directory.Exists(Sockets) && Directory.GetFiles(Sockets, $"{parent.Id}-*").Length > 0);
        return parent;
    }

    /// <summary>Starts a program with pools.</summary>
    public async Task<Child> StartUnseenAsync(params string[] words)
    {
        var parent = new Child(System.Environment.ProcessPath!, ["parent", .. words], Environment);
        _parents.Add(parent);
        await parent.NextAsync("ready");
        return parent;
    }

    /// <summary>Runs the tool to its end.</summary>
    public async Task<ToolResult> FlameAsync(params string[] arguments) => await RunAsync(Tool, arguments);

    /// <summary>Runs a program to its end.</summary>
    public async Task<ToolResult> RunAsync(string program, params string[] arguments)
    {
        await using var tool = new Process(program, arguments, Environment);
        return await tool.EndAsync();
    }

    /// <summary>Starts the tool, which goes on.</summary>
    public Child Follow(params string[] arguments) => new(Tool, arguments, Environment);

    /// <summary>What the tool says as objects.</summary>
    public async Task<JsonElement[]> ObjectsAsync(params string[] arguments)
    {
        var result = await FlameAsync([.. arguments, "--json"]);
        Assert.True(result.Exit == 0, result.ToString());
        return result.Objects;
    }

    /// <summary>The id of the call with a tag.</summary>
    public async Task<string> CallAsync(string tag) =>
        (await ObjectsAsync("calls", "ls")).Select(static o => o.GetProperty("call")).First(call => call.TryGetProperty("tag", out var own) && own.GetString() == tag).GetProperty("id").GetString()!;

    public async ValueTask DisposeAsync()
    {
        foreach (var parent in _parents) await parent.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    private sealed class Process : IAsyncDisposable
    {
        private readonly System.Diagnostics.Process _process;

        public Process(string program, string[] arguments, (string Name, string? Value)[] environment)
        {
            var start = new System.Diagnostics.ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
            foreach (var (name, value) in environment) start.Environment[name] = value;
            _process = System.Diagnostics.Process.Start(start)!;
            _process.StandardInput.Close();
        }

        public async Task<ToolResult> EndAsync()
        {
            var (output, error) = (_process.StandardOutput.ReadToEndAsync(), _process.StandardError.ReadToEndAsync());
            await _process.WaitForExitAsync().WaitAsync(Patience.Long);
            return new ToolResult(_process.ExitCode, await output.WaitAsync(Patience.Long), await error.WaitAsync(Patience.Long));
        }

        public async ValueTask DisposeAsync()
        {
            if (!_process.HasExited) _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
            _process.Dispose();
        }
    }
}

/// <summary>How a run of the tool ended, and what it wrote.</summary>
internal sealed record ToolResult(int Exit, string Output, string Error)
{
    public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public JsonElement[] Objects => [.. Lines.Select(static line => JsonDocument.Parse(line).RootElement)];

    /// <summary>The cells of a plain table, which two blanks keep apart.</summary>
    public string[][] Cells => [.. Lines.Select(static line => line.Split("  ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"exit {Exit}\n{Output}\n{Error}");
}
