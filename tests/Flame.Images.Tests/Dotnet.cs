namespace Flame.Images.Tests;

/// <summary>The SDK, leaving no server behind.</summary>
internal static class Dotnet
{
    public static string Configuration { get; } = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

    public static Task RunAsync(string folder, params string[] arguments) => RunAsync(folder, "dotnet", arguments);

    /// <summary>Runs a program to its end, and fails with all that it printed.</summary>
    public static async Task RunAsync(string folder, string program, string[] arguments)
    {
        await using var process = new SampleProcess(folder, program, arguments, SampleProcess.NoServers);
        await process.EndAsync();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}\n{process.Everything}");
        await process.NothingIsLeftAsync();
    }
}
