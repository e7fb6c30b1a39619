using System.Diagnostics;
using Flame;
using Flame.Benchmarks.Minimal;

// The smallest program with a pool. For every line on standard input it makes a call on the empty pool, prints the
// milliseconds, waits until the executor is gone and says so: the next call is cold again.
Parts.Main = Stopwatch.GetTimestamp();
if (FlameParent.Current is null && args is ["life"]) return await Life.RunAsync();
if (FlameParent.Current is null && args is ["parts"]) return await Parts.RunAsync();
Parts.Introduced = Stopwatch.GetTimestamp();
await using var pools = await FlameApplication.StartAsync(flame => flame.AddPool("cold", Cold.Configure));
await Cold.AnswerAsync();
return 0;
