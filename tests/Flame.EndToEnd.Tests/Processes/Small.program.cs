#:package Flame@0.1.0
using Flame;

await using var pools = await FlameApplication.StartAsync(f => f.AddPool("main"));
Console.WriteLine($"parent {Environment.ProcessId}");
Console.WriteLine($"where {await Jobs.WhereAsync()}");

static class Jobs
{
    [Flame(Pool = "main")]
    public static Task<string> WhereAsync() => Task.FromResult(
        $"{Environment.ProcessId} {FlameParent.Current?.Executor} dynamic-code={System.Runtime.CompilerServices.RuntimeFeature.IsDynamicCodeSupported}");
}
