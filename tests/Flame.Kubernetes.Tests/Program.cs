using Flame.Kubernetes;
using Flame.Kubernetes.Tests;

// The same binary is the test runner and, booted as a pod of the double, the executor of its tests.
if (Environment.GetEnvironmentVariable("FLAME_PARENT") is not null) await Flame.FlameApplication.StartAsync(builder => builder.UseKubernetes());
return await Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions);
