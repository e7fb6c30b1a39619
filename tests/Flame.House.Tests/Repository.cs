namespace Flame.House.Tests;

/// <summary>The files that people write: nothing that a build makes.</summary>
internal static class Repository
{
    private static readonly string s_root = Find();

    public static string[] Sources { get; } = [.. Files("src", ".cs"), .. Files("tests", ".cs"), .. Files("samples", ".cs"), .. Files("benchmarks", ".cs")];

    public static string[] Documents { get; } = ["README.md", "CONTRIBUTING.md", .. Files("docs", ".md"), .. Files("benchmarks", ".md")];

    public static string Read(string file) => File.ReadAllText(Path.Combine(s_root, file));

    public static bool Has(string path) => Path.Exists(Path.Combine(s_root, path));

    /// <summary>Files with one of the endings in a folder, by their path from the root.</summary>
    public static IEnumerable<string> Files(string folder, params string[] endings) => Directory
        .EnumerateFiles(Path.Combine(s_root, folder), "*", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(s_root, file).Replace('\\', '/'))
        .Where(file => endings.Any(file.EndsWith) && !file.Split('/').Any(part => part is "bin" or "obj" or ".git"))
        .Order(StringComparer.Ordinal);

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Flame.sln"))) folder = folder.Parent!;
        return folder.FullName;
    }
}
