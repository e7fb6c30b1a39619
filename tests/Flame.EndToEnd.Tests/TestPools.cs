namespace Flame.EndToEnd.Tests;

internal static class TestPools
{
    public static Task<FlamePools> StartAsync(Action<FlameBuilder>? configure = null) =>
        FlameApplication.StartAsync(configure, ct: TestContext.Current.CancellationToken);

    public static Task RunExecutorAsync() => FlameApplication.StartAsync();
}
