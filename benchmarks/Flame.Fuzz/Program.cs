using System.Globalization;
using Flame.Fuzz;
using Flame.Fuzz.Targets;

// dotnet run -c Release --project benchmarks/Flame.Fuzz -- --inputs 10000000 --seed 1 [--target <part of a name>]
var inputs = long.Parse(Option("--inputs") ?? "1000000", CultureInfo.InvariantCulture);
var seed = int.Parse(Option("--seed") ?? "1", CultureInfo.InvariantCulture);
var targets = AllTargets.Make().Where(t => Option("--target") is not { } name || t.Name.Contains(name, StringComparison.OrdinalIgnoreCase)).ToArray();
var weights = targets.Sum(t => (long)t.Weight);
var path = Path.Combine(Path.GetTempPath(), $"flame-fuzz-{Environment.ProcessId}.input");
var bad = 0;
using var last = new LastInput(path, TimeSpan.FromSeconds(20), Hung);

Console.WriteLine($"heap at most {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1024 / 1024} MiB, seed {seed}; the input that is tried stands in {path}");
Console.WriteLine($"{"target",-28} {"inputs",12} {"inputs/s",10} {"corpus",7} {"branches",9} {"findings",9}");
long done = 0;
foreach (var target in targets)
{
    var result = new Fuzzer(target, seed, last).Run(inputs * target.Weight / weights + 1);
    (target as IDisposable)?.Dispose();
    done += result.Inputs;
    bad += result.Findings.Count;
    Console.WriteLine($"{result.Target,-28} {result.Inputs,12:N0} {result.Inputs / result.Took.TotalSeconds,10:N0} {result.Corpus,7} {result.Branches,9} {result.Findings.Count,9}");
    foreach (var finding in result.Findings) Console.WriteLine($"  {finding.What}\n    {Convert.ToHexString(finding.Input.AsSpan(0, Math.Min(finding.Input.Length, 256)))}{(finding.Input.Length > 256 ? "…" : "")}");
}

Console.WriteLine($"{done:N0} inputs, {bad} findings");
File.Delete(path);
return bad == 0 ? 0 : 1;

string? Option(string name) => Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;

void Hung()
{
    var (target, input) = LastInput.Read(path);
    Console.WriteLine($"{target} hangs with {Convert.ToHexString(input.AsSpan(0, Math.Min(input.Length, 256)))}");
    Environment.Exit(2);
}
