namespace Flame.Stock.Tests;

/// <summary>What tells where it runs.</summary>
internal static class Sent
{
    [Flame(Pool = "stock")]
    public static Task<(int Process, string Folder, string WorkingFolder, string? Cache)> WhereAsync() =>
        Task.FromResult((Environment.ProcessId, AppContext.BaseDirectory, Environment.CurrentDirectory, Environment.GetEnvironmentVariable("FLAME_CACHE")));

    [Flame(Pool = "stock")]
    public static Task<string> ReadAsync(string path) => File.ReadAllTextAsync(path);

    [Flame(Pool = "stock")]
    public static async Task ChangeAsync(string path, string text) => await File.WriteAllTextAsync(path, text);
}
