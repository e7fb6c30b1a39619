namespace Flame.Stock.Tests;

/// <summary>Real stock executors, which have nothing of this program when they begin.</summary>
public sealed class StockExecutorTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Method_runs_in_an_executor_that_had_nothing_of_the_program(bool overTls)
    {
        using var cache = new Folder();
        await using var pools = StockPools.Start(cache, overTls: overTls);
        var (process, folder, working, _) = await Sent.WhereAsync();
        Assert.NotEqual(Environment.ProcessId, process);
        Assert.StartsWith(cache.At("programs"), folder, StringComparison.Ordinal);
        Assert.Equal(folder.TrimEnd('/'), working);
        var (lacked, files) = pools.Last();
        Assert.InRange(lacked, 10, files);
    }

    [Fact]
    public async Task Process_that_got_the_program_is_the_one_that_was_booted()
    {
        using var cache = new Folder();
        await using var pools = StockPools.Start(cache);
        var (process, _, _, _) = await Sent.WhereAsync();
        Assert.Contains(pools.Lines, line => line.StartsWith($"FLM3002 stock/1 is ready (process {process})", StringComparison.Ordinal) || line.Contains($"process {process}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Second_run_sends_nothing()
    {
        using var cache = new Folder();
        await using (StockPools.Start(cache)) await Sent.WhereAsync();
        await using var pools = StockPools.Start(cache);
        await Sent.WhereAsync();
        Assert.Equal(0, pools.Last().Lacked);
    }

    [Fact]
    public async Task Copied_files_are_where_they_are_at_home_and_one_that_changed_is_all_that_is_sent_again()
    {
        using var cache = new Folder();
        var place = $"copied-{Guid.NewGuid():n}";
        var own = Directory.CreateDirectory(place);
        try
        {
            await File.WriteAllTextAsync(Path.Combine(place, "words.txt"), "first", StockPools.Patience);
            Directory.CreateDirectory(Path.Combine(place, ".git"));
            await File.WriteAllTextAsync(Path.Combine(place, ".git", "config"), "secret", StockPools.Patience);
            await using (StockPools.Start(cache, flame => flame.Code.CopyPaths.Add(place)))
            {
                Assert.Equal("first", await Sent.ReadAsync($"{place}/words.txt"));
                await Assert.ThrowsAnyAsync<IOException>(() => Sent.ReadAsync($"{place}/.git/config"));
            }

            await File.WriteAllTextAsync(Path.Combine(place, "words.txt"), "second", StockPools.Patience);
            await using var pools = StockPools.Start(cache, flame => flame.Code.CopyPaths.Add(place));
            Assert.Equal("second", await Sent.ReadAsync($"{place}/words.txt"));
            Assert.Equal(1, pools.Last().Lacked);
        }
        finally
        {
            own.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task What_an_executor_writes_into_its_folder_is_gone_for_the_next()
    {
        using var cache = new Folder();
        await using (StockPools.Start(cache)) await Sent.ChangeAsync("Flame.Runtime.xml", "changed");
        await using (StockPools.Start(cache)) await Sent.ChangeAsync("Polly.Core.dll", "changed");
        await using var pools = StockPools.Start(cache);
        await Sent.WhereAsync();
        Assert.Equal(0, pools.Last().Lacked);
    }

    [Fact]
    public async Task Program_that_is_larger_than_allowed_is_refused_with_its_largest_files()
    {
        using var cache = new Folder();
        await using var pools = StockPools.Start(cache, static flame => flame.Code.MaxSize = 1024);
        var error = await Assert.ThrowsAsync<BootFailedException>(() => Sent.WhereAsync());
        Assert.Contains("FLM2114", error.Message, StringComparison.Ordinal);
        Assert.Contains(".dll", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateDirectories(cache.At("programs")));
    }

    [Fact]
    public async Task Missing_copy_path_fails_the_boot_and_names_it()
    {
        using var cache = new Folder();
        await using var pools = StockPools.Start(cache, static flame => flame.Code.CopyPaths.Add("no-such-model.onnx"));
        var error = await Assert.ThrowsAsync<BootFailedException>(() => Sent.WhereAsync());
        Assert.Contains("FLM2112", error.Message, StringComparison.Ordinal);
        Assert.Contains("no-such-model.onnx", error.Message, StringComparison.Ordinal);
    }
}
