using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Flame.EndToEnd.Tests.Processes;

/// <summary>Programs in the forms that take the SDK to make; each is made once. From the outputs of the tests' own build.</summary>
public sealed class PublishedPrograms : IAsyncLifetime
{
    // With nothing of this repository around it but the package, as a user's file is.
    private const string FileBased = """
        #:package Flame@0.1.0
        using Flame;

        await using var pools = await FlameApplication.StartAsync(f => f.AddPool("main"));
        Console.WriteLine($"parent {Environment.ProcessId}");
        Console.WriteLine($"where {await Jobs.WhereAsync()}");

        static class Jobs
        {
            [Flame(Pool = "main")]
            public static Task<string> WhereAsync() => Task.FromResult(
                $"{Environment.ProcessId} {FlameParent.Current?.Executor} dynamic-code={System.Runtime.CompilerServices.RuntimeFeature.IsDynamicCodeSupported}");
        }
        """;

    private const string Sources = """
        <configuration>
          <packageSources><add key="flame" value="../feed" /></packageSources>
          <packageSourceMapping>
            <packageSource key="flame"><package pattern="Flame" /><package pattern="Flame.*" /></packageSource>
            <packageSource key="nuget.org"><package pattern="*" /></packageSource>
          </packageSourceMapping>
        </configuration>
        """;

    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(5);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("flame-published-");

    /// <summary>The program as one file that needs the framework.</summary>
    internal string SingleFile => Path.Combine(_folder.FullName, "single", "Flame.EndToEnd.App");

    /// <summary>A source file, for <c>dotnet run</c>.</summary>
    internal string SourceFile => Path.Combine(_folder.FullName, "file", "app.cs");

    /// <summary>Keeps what the source file's build makes in the folder of this run, and no compiler alive behind it.</summary>
    internal (string Name, string Value)[] Environment =>
    [
        ("NUGET_PACKAGES", Path.Combine(_folder.FullName, "packages")),
        ("RestoreFallbackFolders", System.Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(System.Environment.GetFolderPath(System.Environment.SpecialFolder.UserProfile), ".nuget", "packages")),
        ("XDG_DATA_HOME", Path.Combine(_folder.FullName, "data")),
        ("MSBUILDDISABLENODEREUSE", "1"),
        ("UseSharedCompilation", "false"),
    ];

    public async ValueTask InitializeAsync()
    {
        string[] alike = ["-c", AppProcess.Configuration, "-v", "q", "-nologo", "-nodeReuse:false", "-p:UseSharedCompilation=false", "-o"];
        await RunAsync([
            "publish", AppProcess.Folder, "-r", RuntimeInformation.RuntimeIdentifier, "--self-contained", "false", "-p:PublishSingleFile=true",
            "-p:BuildProjectReferences=false", .. alike, Path.GetDirectoryName(SingleFile)!]);
        foreach (var project in new[] { "Flame.Runtime", "Flame.Executor", "Flame" })
            await RunAsync(["pack", Path.Combine(AppProcess.Folder, "..", "..", "src", project), "-p:NoBuild=true", .. alike, Path.Combine(_folder.FullName, "feed")]);

        Directory.CreateDirectory(Path.GetDirectoryName(SourceFile)!);
        await File.WriteAllTextAsync(SourceFile, FileBased);
        await File.WriteAllTextAsync(Path.Combine(Path.GetDirectoryName(SourceFile)!, "nuget.config"), Sources);
        _folder.CreateSubdirectory("data");
        await RunAsync(["build", SourceFile], Environment);
    }

    public ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    private static async Task RunAsync(string[] arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        using var limit = new CancellationTokenSource(s_limit);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
        }

        if (process.ExitCode != 0) throw new InvalidOperationException($"dotnet {string.Join(' ', arguments)} failed:\n{await output}");
    }
}
