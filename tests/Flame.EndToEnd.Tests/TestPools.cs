using Flame.CompilerServices;
using Flame.EndToEnd.Tests.Calls;
using Flame.Grpc;
using Microsoft.Extensions.Logging;

namespace Flame.EndToEnd.Tests;

internal static class TestPools
{
    /// <summary>Set for its executors, they have pools of their own.</summary>
    public const string PoolsInExecutors = "FLAME_TEST_POOLS_IN_EXECUTORS";

    public static Task<FlamePools> StartAsync(Action<FlameBuilder>? configure = null, ILoggerFactory? loggers = null) =>
        FlameApplication.StartAsync(
            builder =>
            {
                foreach (var method in MethodTable.Snapshot()) builder.AddPool(method.Pool ?? FlamePoolOptions.DefaultPoolName);
                configure?.Invoke(builder);
            },
            loggers: loggers,
            ct: TestContext.Current.CancellationToken);

    public static Task RunExecutorAsync()
    {
        if (Environment.GetEnvironmentVariable(EarlyOutput.Variable) is { } words) Console.WriteLine(words);
        return FlameApplication.StartAsync(
            builder => builder.UseGrpc().UseBackend(new ReverseBackend()).PoolsInExecutors = Environment.GetEnvironmentVariable(PoolsInExecutors) is not null, ExecutorServices.Register);
    }
}
