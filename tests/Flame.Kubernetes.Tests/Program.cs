using Flame;
using Flame.Kubernetes;
using Flame.Kubernetes.Tests;
using Flame.Kubernetes.Tests.Cluster;

// The same binary is the test runner and, booted as a pod of the double, the executor of its tests.
if (Environment.GetEnvironmentVariable("FLAME_PARENT") is not null)
{
    if (Environment.GetEnvironmentVariable(StockPodTests.Instead) is { } instead)
    {
        if (instead == "wait") await Task.Delay(Timeout.Infinite);
        await Console.Error.WriteLineAsync("no licence");
        return 9;
    }

    await FlameApplication.StartAsync(builder =>
    {
        builder.PoolsInExecutors = Environment.GetEnvironmentVariable("FLAME_TEST_SERVICEACCOUNT") is not null;
        builder.UseKubernetes(options =>
        {
            options.ServiceAccountFiles = Environment.GetEnvironmentVariable("FLAME_TEST_SERVICEACCOUNT") ?? options.ServiceAccountFiles;
            options.AllowPlainText = Environment.GetEnvironmentVariable("FLAME_TEST_PLAIN") is not null;
        });
    });
}

if (args is [LaptopTests.Switch, var port, var way, .. var command]) return await Relay.RunAsync(int.Parse(port, System.Globalization.CultureInfo.InvariantCulture), way, command);
return await Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions);
