using System.CommandLine;
using Flame;
using Flame.Chaos;

// In the cloud this program is the parent of a round, or one of its executors; here it breaks them.
if (args is ["parent", var platform]) return await ChaosParent.RunAsync(platform);

var backend = new Option<string>("--backend") { Description = "kubernetes, fly or both", DefaultValueFactory = _ => "both" };
backend.AcceptOnlyFromAmong("kubernetes", "fly", "both");
var rounds = new Option<int>("--rounds") { Description = "How many on each backend", DefaultValueFactory = _ => 50 };
var seed = new Option<int>("--seed") { Description = "Of all that is random; a round of its own begins with seed + round", DefaultValueFactory = _ => 1 };
var calls = new Option<int>("--calls") { Description = "Calls of each round", DefaultValueFactory = _ => 200 };
var keep = new Option<DirectoryInfo?>("--keep") { Description = "Keeps what parents and executors wrote in this folder" };
var root = new RootCommand("Kills executors, parents and the platform's API under load, and counts what becomes of every call.") { backend, rounds, seed, calls, keep };
root.SetAction(async (parsed, ct) =>
{
    var table = new RoundTable(Console.Out);
    string[] platforms = parsed.GetValue(backend) is "both" or null ? ["kubernetes", "fly"] : [parsed.GetValue(backend)!];
    foreach (var name in platforms)
    {
        await using Platform place = name == "fly" ? await FlyPlatform.StartAsync(parsed.GetValue(seed)) : await KubernetesPlatform.StartAsync();
        for (var round = 1; round <= parsed.GetValue(rounds); round++)
            table.Add(await new Round(place, round, parsed.GetValue(seed) + round, parsed.GetValue(calls), parsed.GetValue(keep)?.FullName).RunAsync(ct));
    }

    return table.End();
});
return await root.Parse(args).InvokeAsync();
