using Flame.Samples.Tests;

namespace Flame.House.Tests;

/// <summary>The files that people write: nothing that a build makes.</summary>
internal static class WrittenFiles
{
    /// <summary>The sources of what users take.</summary>
    public static string[] Products { get; } = [.. Files("src", ".cs")];

    public static string[] Tests { get; } = [.. Files("tests", ".cs")];

    public static string[] Sources { get; } = [.. Products, .. Tests, .. Files("samples", ".cs"), .. Files("benchmarks", ".cs")];

    public static string[] Documents { get; } = ["README.md", "CONTRIBUTING.md", .. Files("docs", ".md"), .. Files("benchmarks", ".md")];

    public static string Read(string file) => File.ReadAllText(Path.Combine(Repository.Path, file));

    public static int Lines(string file) => Read(file).Count(c => c == '\n');

    public static bool Has(string path) => Path.Exists(Path.Combine(Repository.Path, path));

    /// <summary>Files with one of the endings in a folder, by their path from the root.</summary>
    public static IEnumerable<string> Files(string folder, params string[] endings) => Directory
        .EnumerateFiles(Path.Combine(Repository.Path, folder), "*", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(Repository.Path, file).Replace('\\', '/'))
        .Where(file => endings.Any(file.EndsWith) && !file.Split('/').Any(part => part is "bin" or "obj" or ".git"))
        .Order(StringComparer.Ordinal);
}
