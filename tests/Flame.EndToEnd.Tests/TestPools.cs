using Flame.CompilerServices;
using Flame.EndToEnd.Tests.Calls;
using Flame.Grpc;
using Microsoft.Extensions.Logging;

namespace Flame.EndToEnd.Tests;

internal static class TestPools
{
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
        return FlameApplication.StartAsync(builder => builder.UseGrpc().UseBackend(new ReverseBackend()), ExecutorServices.Register);
    }
}
