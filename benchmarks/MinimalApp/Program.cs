using System.Diagnostics;
using System.Globalization;
using Flame;
using Flame.Benchmarks.Minimal;

// The smallest program with a pool. For every line on standard input it makes a call on the empty pool, prints the
// milliseconds, waits until the executor is gone and says so: the next call is cold again.
Parts.Main = Stopwatch.GetTimestamp();
if (FlameParent.Current is null && args is ["life"]) return await Life.RunAsync();
if (FlameParent.Current is null && args is ["parts"]) return await Parts.RunAsync();
Parts.Introduced = Stopwatch.GetTimestamp();
var gone = new SemaphoreSlim(0);
await using var pools = await FlameApplication.StartAsync(flame => flame.AddPool("cold", pool =>
{
    pool.Max = 1;
    pool.SingleUse = true;
    pool.OnShrink = _ => gone.Release();
}));
while (await Console.In.ReadLineAsync() is not null)
{
    var started = Stopwatch.GetTimestamp();
    var sum = await Work.AddAsync(20, 22);
    var elapsed = Stopwatch.GetElapsedTime(started);
    if (sum != 42) throw new InvalidOperationException($"the executor answered {sum}");
    await gone.WaitAsync();
    Console.WriteLine(elapsed.TotalMilliseconds.ToString("0.00", CultureInfo.InvariantCulture));
}

return 0;
