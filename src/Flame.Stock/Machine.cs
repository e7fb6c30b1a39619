using System.Runtime.InteropServices;
using Flame.CodeSync;

namespace Flame.Stock;

/// <summary>What this machine has for a program.</summary>
internal static class Machine
{
    /// <summary>The folder of .NET, in which this process runs.</summary>
    private static string Dotnet => Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));

    /// <summary>What starts an assembly.</summary>
    public static string Host => Path.Combine(Dotnet, OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet");

    public static StockFacts Facts()
    {
        var shared = Path.Combine(Dotnet, "shared");
        return new StockFacts(RuntimeInformation.RuntimeIdentifier, [.. Directory.EnumerateDirectories(shared)
            .SelectMany(static framework => Directory.EnumerateDirectories(framework).Select(version => $"{Path.GetFileName(framework)} {Path.GetFileName(version)}")).Order(StringComparer.Ordinal)]);
    }
}
