namespace Flame.Fly.Tests.Pools;

/// <summary>What runs on machines.</summary>
internal static class Work
{
    [Flame(Pool = "main")]
    public static Task<int> ProcessAsync() => Task.FromResult(Environment.ProcessId);

    [Flame(Pool = "main")]
    public static Task<string?> VariableAsync(string name) => Task.FromResult(Environment.GetEnvironmentVariable(name));

    [Flame(Pool = "main")]
    public static Task HoldAsync(CancellationToken ct) => Task.Delay(Timeout.InfiniteTimeSpan, ct);

    [Flame(Pool = "main")]
    public static Task ExitAsync(int code)
    {
        Environment.Exit(code);
        return Task.CompletedTask;
    }
}
