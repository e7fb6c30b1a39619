#:package Flame@0.1.0
using Flame;

await using var pools = await FlameApplication.StartAsync(f => f.AddPool("main"));
Console.WriteLine($"parent {Environment.ProcessId}");
Console.WriteLine($"where {await Jobs.WhereAsync()}");
var n = 3;
Console.WriteLine($"block {await pools.CallAsync("main", async () => $"{n + await Task.FromResult(4)} {Jobs.Here()}")}");

static class Jobs
{
    public static string Here() => $"{FlameParent.Current?.Executor} dynamic-code={System.Runtime.CompilerServices.RuntimeFeature.IsDynamicCodeSupported}";

    [Flame(Pool = "main")]
    public static Task<string> WhereAsync() => Task.FromResult(
        $"{Environment.ProcessId} {FlameParent.Current?.Executor} dynamic-code={System.Runtime.CompilerServices.RuntimeFeature.IsDynamicCodeSupported}");
}
