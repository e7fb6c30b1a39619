using System.CommandLine;
using Flame.Model;

var mostStates = new Option<int>("--states") { Description = "States that are kept at most, of all bounds together", DefaultValueFactory = _ => 3_000_000 };
var states = new Command("states", "Goes through every state that a small pool can come to.") { mostStates };
states.SetAction(parsed => StateRuns.Run(parsed.GetValue(mostStates), Console.Out));

var runs = new Option<int>("--runs") { Description = "How many", DefaultValueFactory = _ => 100_000 };
var seed = new Option<ulong>("--seed") { Description = "Of the first run; the next has the next number", DefaultValueFactory = _ => 1 };
var sabotage = new Option<Sabotage>("--sabotage") { Description = "A bug that is planted, to see it found" };
var workers = new Option<int>("--workers") { Description = "Runs at the same time", DefaultValueFactory = _ => Environment.ProcessorCount };
var links = new Command("links", "Runs a pool with its links again and again, each time in another order of its threads.") { runs, seed, sabotage, workers };
links.SetAction(parsed => LinkBatch.Run(parsed.GetValue(runs), parsed.GetValue(seed), parsed.GetValue(sabotage), parsed.GetValue(workers), Console.Out));

return new RootCommand("Looks for an order of events in which a pool breaks a promise.") { states, links }.Parse(args).Invoke();
