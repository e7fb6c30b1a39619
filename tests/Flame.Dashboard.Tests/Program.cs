using Flame.Dashboard.Tests;

// The same binary is the test runner and, booted by a pool, the executor of its tests.
if (Environment.GetEnvironmentVariable("FLAME_PARENT") is not null) await WatchedApp.RunExecutorAsync();
return await Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions);
