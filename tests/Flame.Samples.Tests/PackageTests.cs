using System.Reflection.PortableExecutable;
using System.Runtime.InteropServices;

namespace Flame.Samples.Tests;

/// <summary>The product as users get it: packages, without this repository.</summary>
public sealed class PackageTests : IDisposable
{
    private const string Runs = "runs ";

    private readonly string _folder = Directory.CreateTempSubdirectory("flame-package-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Single_file_program_needs_one_package_and_no_project_and_what_is_ours_is_compiled_beforehand()
    {
        // A version that no cache has.
        var version = $"0.1.0-test{Guid.NewGuid():N}";
        foreach (var project in new[] { "Flame.Runtime", "Flame.Executor", "Flame" })
        {
            await DotnetAsync(
                Repository.Path, "pack", $"src/{project}", "-c", "Release", "-o", Path.Combine(_folder, "feed"),
                $"-p:PackageVersion={version}", $"-p:CompiledFor={RuntimeInformation.RuntimeIdentifier}", "-v", "q");
        }

        var packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        await File.WriteAllTextAsync(Path.Combine(_folder, "nuget.config"), $"""
            <configuration>
              <config><add key="globalPackagesFolder" value="packages" /></config>
              <packageSources><add key="feed" value="feed" /></packageSources>
              <fallbackPackageFolders><add key="user" value="{packages}" /></fallbackPackageFolders>
            </configuration>
            """);
        var program = await File.ReadAllTextAsync(Path.Combine(Repository.Path, "samples", "Primes", "Program.cs"));
        var withParts = program.Replace("public static class", $"foreach (var part in new[] {{ typeof(FlamePools), typeof(FlameApplication) }}) Console.WriteLine(\"{Runs}\" + part.Assembly.Location);\npublic static class", StringComparison.Ordinal);
        await File.WriteAllTextAsync(Path.Combine(_folder, "primes.cs"), $"#:package Flame@{version}\n{withParts}");

        var output = await DotnetAsync(_folder, "run", "primes.cs");
        Assert.Equal(8, output.Count(line => line.Contains(" primes, says cpu/", StringComparison.Ordinal)));
        var parts = output.Where(line => line.StartsWith(Runs, StringComparison.Ordinal)).Select(line => line[Runs.Length..]).ToArray();
        Assert.Equal(["Flame.Executor.dll", "Flame.Runtime.dll"], parts.Select(Path.GetFileName).Order());
        Assert.All(parts, part => Assert.True(IsCompiled(part), $"{part} is compiled when it runs."));
    }

    // ECMA-335 II.25.3.3: where native code stands behind the portable one.
    private static bool IsCompiled(string assembly)
    {
        using var reader = new PEReader(File.OpenRead(assembly));
        return reader.PEHeaders.CorHeader!.ManagedNativeHeaderDirectory.Size > 0;
    }

    private static async Task<string[]> DotnetAsync(string folder, params string[] arguments)
    {
        await using var dotnet = new SampleProcess(folder, "dotnet", arguments, SampleProcess.NoServers);
        await dotnet.EndAsync();
        Assert.True(dotnet.ExitCode == 0, dotnet.Everything);
        await dotnet.NothingIsLeftAsync();
        return dotnet.Out;
    }
}
