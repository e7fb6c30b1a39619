using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Flame.EndToEnd.Tests.Processes;

/// <summary>Programs in the forms that take the SDK to make; each is made once. From the outputs of the tests' own build.</summary>
public sealed class PublishedPrograms : IAsyncLifetime
{
    private const string Sources = """
        <configuration>
          <packageSources><add key="flame" value="feed" /></packageSources>
          <packageSourceMapping>
            <packageSource key="flame"><package pattern="Flame" /><package pattern="Flame.*" /></packageSource>
            <packageSource key="nuget.org"><package pattern="*" /></packageSource>
          </packageSourceMapping>
        </configuration>
        """;

    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(20);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("flame-published-");

    /// <summary>The program as one file that needs the framework.</summary>
    internal string SingleFile => Path.Combine(_folder.FullName, "single", "Flame.EndToEnd.App");

    /// <summary>A source file with nothing of this repository around it but the package, as a user's is; for <c>dotnet run</c>.</summary>
    internal string SourceFile => Path.Combine(_folder.FullName, "small", "Small.program.cs");

    /// <summary>Keeps what the source file's build makes in the folder of this run, and no compiler alive behind it.</summary>
    internal (string Name, string Value)[] Environment =>
    [
        ("NUGET_PACKAGES", Path.Combine(_folder.FullName, "packages")),
        ("RestoreFallbackFolders", System.Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(System.Environment.GetFolderPath(System.Environment.SpecialFolder.UserProfile), ".nuget", "packages")),
        ("XDG_DATA_HOME", Path.Combine(_folder.FullName, "data")),
        ("TMPDIR", _folder.CreateSubdirectory("tmp").FullName),
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

        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "nuget.config"), Sources);
        _folder.CreateSubdirectory("data");
        await RunAsync(["build", Bring(SourceFile)], Environment);
    }

    /// <summary>Publishes a source file in a form of its own.</summary>
    /// <returns>The program, and what the SDK printed.</returns>
    internal async Task<(string Program, string Output)> PublishAsync(string form, string name, params string[] options)
    {
        var source = Bring(Path.Combine(_folder.FullName, form, name + ".program.cs"));
        var output = Path.Combine(_folder.FullName, form, "out");
        var printed = await RunAsync(["publish", source, "-r", RuntimeInformation.RuntimeIdentifier, "-o", output, .. options], Environment);
        return (Path.Combine(output, name + ".program"), printed);
    }

    public ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    private static string Bring(string file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.Copy(Path.Combine(AppContext.BaseDirectory, "Processes", Path.GetFileName(file)), file);
        return file;
    }

    private static async Task<string> RunAsync(string[] arguments, params (string Name, string Value)[] environment)
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
        return await output;
    }
}
