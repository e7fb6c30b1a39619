using System.Diagnostics;

namespace Flame.Stock.Tests;

/// <summary>A parent that is a process of its own, and is killed.</summary>
public sealed class OrphanTests
{
    /// <summary>What the program does when it is that parent: see Program.cs.</summary>
    public const string Switch = "be-the-parent";

    public static async Task<int> BeTheParentAsync()
    {
        await using var pools = await FlameApplication.StartAsync(flame => flame.AddPool("stock", static options => options.Max = 1, Flame.Backends.LocalProcessBackend.FromStock(StockPools.Program)));
        Console.WriteLine((await Sent.WhereAsync()).Process);
        await Task.Delay(Timeout.Infinite);
        return 0;
    }

    [Fact]
    public async Task Killed_parent_ends_what_was_a_stock_executor_and_the_cache_stays()
    {
        using var cache = new Folder();
        var start = new ProcessStartInfo(Environment.ProcessPath!, [Switch]) { RedirectStandardOutput = true };
        start.Environment["FLAME_CACHE"] = cache.Path;
        using var parent = Process.Start(start)!;
        var executor = int.Parse((await parent.StandardOutput.ReadLineAsync(StockPools.Patience))!, System.Globalization.CultureInfo.InvariantCulture);
        Assert.True(IsAlive(executor));
        parent.Kill();
        await parent.WaitForExitAsync(StockPools.Patience);
        while (IsAlive(executor)) await Task.Delay(20, StockPools.Patience);
        Assert.Single(Directory.EnumerateDirectories(cache.At("programs")));
    }

    private static bool IsAlive(int process) => File.Exists($"/proc/{process}/stat") && !File.ReadAllText($"/proc/{process}/stat").Contains(") Z ", StringComparison.Ordinal);
}
