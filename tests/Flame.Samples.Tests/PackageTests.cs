using System.Reflection.PortableExecutable;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Flame.Samples.Tests;

/// <summary>The product as users get it: packages, without this repository.</summary>
public sealed class PackageTests : IDisposable
{
    private const string Runs = "runs ";

    private readonly string _folder = Directory.CreateTempSubdirectory("flame-package-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Commands_of_the_README_make_packages_and_a_program_of_one_file_needs_no_more()
    {
        var commands = Regex.Match(File.ReadAllText(Path.Combine(Repository.Path, "README.md")), "```bash\n(dotnet pack.*?)```", RegexOptions.Singleline).Groups[1].Value.Split('\n');
        await TypeAsync(Repository.Path, commands[0]);
        await TypeAsync(_folder, commands[1]);
        var program = await File.ReadAllTextAsync(Path.Combine(Repository.Path, "samples", "Primes", "Program.cs"));
        await WriteAsync("project/Project.csproj", "<Project Sdk=\"Microsoft.NET.Sdk\"><PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework><ImplicitUsings>enable</ImplicitUsings></PropertyGroup></Project>");
        await WriteAsync("project/Program.cs", program);
        await TypeAsync(Path.Combine(_folder, "project"), commands[2]);
        Assert.Equal(8, (await TypeAsync(Path.Combine(_folder, "project"), "dotnet run")).Count(IsCounted));

        await WriteAsync("primes.cs", commands[2].Split("single-file program: ")[1] + "\n" + program.Replace("public static class", $"foreach (var part in new[] {{ typeof(FlamePools), typeof(FlameApplication) }}) Console.WriteLine(\"{Runs}\" + part.Assembly.Location);\npublic static class", StringComparison.Ordinal));
        var output = await TypeAsync(_folder, "dotnet run primes.cs");
        Assert.Equal(8, output.Count(IsCounted));
        var parts = output.Where(line => line.StartsWith(Runs, StringComparison.Ordinal)).Select(line => line[Runs.Length..]).ToArray();
        Assert.Equal(["Flame.Executor.dll", "Flame.Runtime.dll"], parts.Select(Path.GetFileName).Order());
        Assert.All(parts, part => Assert.True(IsCompiled(part), $"{part} is compiled when it runs."));

        var install = Regex.Match(File.ReadAllText(Path.Combine(Repository.Path, "docs", "cli.md")), "^dotnet tool install .*$", RegexOptions.Multiline).Value;
        await TypeAsync(_folder, install);
        Assert.Contains(await TypeAsync(_folder, "~/.dotnet/tools/flame explain FLM2004"), line => line.Contains("FLM2004", StringComparison.Ordinal));

        static bool IsCounted(string line) => line.Contains(" primes, says cpu/", StringComparison.Ordinal);
    }

    // ECMA-335 II.25.3.3: where native code stands behind the portable one.
    private static bool IsCompiled(string assembly)
    {
        using var reader = new PEReader(File.OpenRead(assembly));
        return reader.PEHeaders.CorHeader!.ManagedNativeHeaderDirectory.Size > 0;
    }

    private async Task WriteAsync(string file, string text)
    {
        var path = Path.Combine(_folder, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllTextAsync(path, text);
    }

    /// <summary>As somebody with a new home types it: nothing of ours is in his caches. What is not ours may come from those of this machine.</summary>
    private async Task<string[]> TypeAsync(string folder, string command)
    {
        var packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        var home = Path.Combine(_folder, "home");
        Directory.CreateDirectory(home);
        await using var shell = new SampleProcess(
            folder, "/bin/bash", ["-euc", command],
            [
                .. SampleProcess.NoServers, ("HOME", home), ("NUGET_PACKAGES", folder == Repository.Path ? packages : Path.Combine(home, "packages")),
                ("RestoreFallbackFolders", folder == Repository.Path ? "" : packages), ("CompiledFor", folder == Repository.Path ? RuntimeInformation.RuntimeIdentifier : ""),
            ]);
        await shell.EndAsync();
        Assert.True(shell.ExitCode == 0, $"{command}\n{shell.Everything}");
        await shell.NothingIsLeftAsync();
        return shell.Out;
    }
}
