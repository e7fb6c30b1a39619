using Flame;
using Flame.Benchmarks;
using Flame.Grpc;

// Contenders are measured in turn within each round, in one process and one run: a noisy machine is noisy to all of
// them alike, and the ratio of a round stays. BenchmarkDotNet runs one after the other, each in a process of its own,
// so what it compares is the machine of one minute with that of the next.
if (Environment.GetEnvironmentVariable("FLAME_PARENT") is not null) await FlameApplication.StartAsync(flame => flame.UseGrpc());
if (args is ["--grpc-server", var socketPath])
{
    await GrpcPeer.ServeAsync(socketPath);
    return;
}

var quick = args.Contains("--quick");
var (warmUps, rounds, time) = quick ? (1, 1, TimeSpan.FromMilliseconds(100)) : (4, 9, TimeSpan.FromSeconds(1));
var report = new Report();
if (Wanted("warm"))
{
    await using var warm = await WarmCalls.StartAsync();

    // To tier 1 on both sides first.
    for (var round = 0; round < warmUps; round++) await warm.RoundAsync(null, time);
    for (var round = 0; round < rounds; round++) await warm.RoundAsync(report, time);
}

if (Wanted("batches"))
{
    await using var batches = await BatchedCalls.StartAsync();
    await batches.RoundAsync(null, time);
    for (var round = 0; round < rounds; round++) await batches.RoundAsync(report, time);
}

if (Wanted("cold"))
{
    await using var cold = new ColdCalls();
    await cold.RoundAsync(null);
    for (var round = 0; round < rounds * 3; round++) await cold.RoundAsync(report);
}

report.Print(Console.Out);

bool Wanted(string part) => args.Contains($"--{part}-only") || !args.Any(a => a.EndsWith("-only", StringComparison.Ordinal));
