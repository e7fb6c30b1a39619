using Flame;
using Flame.Grpc;
using Flame.Stock.Tests;

// The same binary is the test runner and, as a stock executor gets it, the program of its executors.
if (Environment.GetEnvironmentVariable("FLAME_PARENT") is not null) await FlameApplication.StartAsync(builder => builder.UseGrpc());
if (args is [OrphanTests.Switch]) return await OrphanTests.BeTheParentAsync();
return await Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions);
