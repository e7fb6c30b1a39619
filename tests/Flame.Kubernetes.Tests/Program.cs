using Flame;
using Flame.Kubernetes;
using Flame.Kubernetes.Tests;

// The same binary is the test runner and, booted as a pod of the double, the executor of its tests.
if (Environment.GetEnvironmentVariable("FLAME_PARENT") is not null)
{
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

return await Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions);
