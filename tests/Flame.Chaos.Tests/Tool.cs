using System.Diagnostics;
using System.Reflection;
using Xunit;

namespace Flame.Chaos.Tests;

/// <summary>A program of `benchmarks`, run as a process.</summary>
internal static class Tool
{
    /// <summary>Runs it to its end.</summary>
    /// <returns>What it printed; it is shown with the test too.</returns>
    public static async Task<(string Printed, string Errors, int ExitCode)> RunAsync(string name, ITestOutputHelper output, params string[] arguments)
    {
        var path = typeof(Tool).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == name).Value!;
        using var tool = Process.Start(new ProcessStartInfo(path, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        try
        {
            var printed = tool.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            var errors = tool.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await tool.WaitForExitAsync(TestContext.Current.CancellationToken);
            output.WriteLine(await printed);
            return (await printed, await errors, tool.ExitCode);
        }
        finally
        {
            // Its own processes go with it.
            if (!tool.HasExited) tool.Kill(entireProcessTree: true);
        }
    }
}
