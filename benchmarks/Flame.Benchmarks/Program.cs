using Flame;
using Flame.Benchmarks;
using Flame.Grpc;

// Peers are measured in turn within each round, in one process and one run: a noisy machine is noisy to all of them
// alike, and the ratio of a round stays. (BenchmarkDotNet runs one after the other, each in a process of its own.)
if (Environment.GetEnvironmentVariable("FLAME_PARENT") is not null) await FlameApplication.StartAsync(flame => flame.UseGrpc());
if (args.Contains("--grpc-server"))
{
    await GrpcPeer.ServeAsync();
    return;
}

var quick = args.Contains("--quick");
var (rounds, time) = quick ? (2, TimeSpan.FromMilliseconds(200)) : (9, TimeSpan.FromSeconds(1.5));
var report = new Report();
await using (var warm = await WarmCalls.StartAsync())
{
    // To tier 1 on both sides first.
    for (var round = 0; round < (quick ? 1 : 4); round++) await warm.RoundAsync(null, time);
    for (var round = 0; round < rounds; round++) await warm.RoundAsync(report, time);
}

await using (var cold = new ColdCalls())
{
    await cold.RoundAsync(null);
    for (var round = 0; round < rounds * 3; round++) await cold.RoundAsync(report);
}

report.Print(Console.Out);
