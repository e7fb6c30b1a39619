namespace Flame.Samples.Tests;

/// <summary>The program of one file, as its first lines say how to run it.</summary>
public sealed class ScriptTests : IDisposable
{
    private static readonly string s_folder = Path.Combine(Repository.Path, "samples", "Script");

    private static readonly string s_stock = Path.Combine(
        Repository.Path, "src", "Flame.Stock", "bin", new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "net10.0", "flame-executor.dll");

    private readonly DirectoryInfo _cache = Directory.CreateTempSubdirectory("flame-script-");

    public void Dispose() => _cache.Delete(recursive: true);

    [Theory]
    [InlineData]
    [InlineData("--backend", "stock", "--executor")]
    public async Task Nine_networks_are_trained_on_executors_and_the_best_is_named(params string[] backend)
    {
        string[] arguments = backend.Length == 0 ? [] : [.. backend, s_stock];
        await using var sample = new SampleProcess(s_folder, "dotnet", ["run", "sweep.cs", .. arguments], [.. SampleProcess.NoServers, ("FLAME_CACHE", _cache.FullName)]);
        await sample.EndAsync();
        Assert.True(sample.ExitCode == 0, sample.Everything);
        Assert.Equal(10, sample.Out.Length);
        Assert.All(sample.Out[..9], line => Assert.Matches(@"^rate 0\.\d+, \d+ neurons: \d+ % right, says trainers/\d$", line));
        Assert.Matches("^The best has a rate of 0.[03]+ and (8|32) neurons: (99|100) % right$", sample.Out[9]);
        Assert.Equal(backend.Length > 0, Directory.Exists(Path.Combine(_cache.FullName, "programs")));
        await sample.NothingIsLeftAsync();
    }

    [Fact]
    public void The_file_says_how_each_of_this_is_run()
    {
        var comments = File.ReadLines(Path.Combine(s_folder, "sweep.cs")).TakeWhile(line => !line.StartsWith("using", StringComparison.Ordinal)).ToArray();
        Assert.All(["dotnet run sweep.cs  ", "dotnet run sweep.cs --backend stock  ", "dotnet run sweep.cs --backend kubernetes  "], command => Assert.Contains(comments, line => line.Contains(command, StringComparison.Ordinal)));
    }
}
