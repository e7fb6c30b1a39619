namespace Flame.Samples.Tests;

internal static class Repository
{
    /// <summary>The folder of the solution.</summary>
    public static string Path { get; } = Find();

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(System.IO.Path.Combine(folder.FullName, "Flame.sln"))) folder = folder.Parent!;
        return folder.FullName;
    }
}
