using System.CommandLine;
using Flame.Soak;
using Flame.Soak.Parents;
using Flame.Soak.Runs;

// Started by a run, this program is a parent, or one of its executors.
if (args is ["parent"]) return await SoakParent.RunAsync();

var minutes = new Option<double>("--minutes") { Description = "How long there is load", DefaultValueFactory = _ => 30 };
var seed = new Option<int>("--seed") { Description = "Of all that is random", DefaultValueFactory = _ => 1 };
var callers = new Option<int>("--callers") { Description = "Of each of the three parents", DefaultValueFactory = _ => 24 };
var largest = new Option<int>("--largest") { Description = "The largest payload, in MiB", DefaultValueFactory = _ => 64 };
var keep = new Option<bool>("--keep") { Description = "Keeps what the processes wrote down" };
var root = new RootCommand("Calls in every way, under every fault, for as long as one likes; then counts what became of every call, and looks for what is left.") { minutes, seed, callers, largest, keep };
root.SetAction(async (parsed, ct) =>
{
    var options = new SoakOptions(TimeSpan.FromMinutes(parsed.GetValue(minutes)), parsed.GetValue(seed), parsed.GetValue(callers), parsed.GetValue(largest), parsed.GetValue(keep));
    await using var run = new SoakRun(options, Console.Out);
    return await run.RunAsync(ct) ? 0 : 1;
});
return await root.Parse(args).InvokeAsync();
