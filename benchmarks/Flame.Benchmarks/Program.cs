using System.CommandLine;
using Flame;
using Flame.Benchmarks;
using Flame.Benchmarks.Micro;
using Flame.Benchmarks.Watching;
using Flame.Grpc;

// Contenders are measured in turn within each round, in one process and one run: a noisy machine is noisy to all of
// them alike, and the ratio of a round stays. BenchmarkDotNet runs one after the other, each in a process of its own,
// so what it compares is the machine of one minute with that of the next.
if (Environment.GetEnvironmentVariable("FLAME_PARENT") is not null) await FlameApplication.StartAsync(flame => flame.UseGrpc());
if (args is [PeerServer.Switch, var peer, var path])
{
    await PeerServer.ServeAsync(peer, path);
    return 0;
}

if (args is [PageReader.Switch, var page])
{
    await PageReader.ReadAsync(page);
    return 0;
}

if (args is ["micro", .. var own])
{
    MicroBenchmarks.Run(own);
    return 0;
}

var parts = new Argument<string[]>("parts") { Description = string.Join("; ", Part.All.Select(part => $"{part.Name}: {part.What}")), DefaultValueFactory = _ => [.. Part.All.Select(part => part.Name)] };
parts.AcceptOnlyFromAmong([.. Part.All.Select(part => part.Name)]);
var quick = new Option<bool>("--quick") { Description = "One short round of each, which shows only that all of it runs" };
var root = new RootCommand("Measures Flame beside its peers, and prints tables of ratios.") { parts, quick };
root.SetAction(async (parsed, _) =>
{
    var report = new Report();
    foreach (var part in Part.All.Where(part => parsed.GetValue(parts)!.Contains(part.Name)))
    {
        await part.RunAsync(report, parsed.GetValue(quick));
        report.Print(Console.Out);
    }
});
return await root.Parse(args).InvokeAsync();
