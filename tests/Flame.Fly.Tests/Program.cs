using Flame;
using Flame.Fly;
using Flame.Fly.Tests;

// The same binary is the test runner and, booted as a machine, the executor of its tests.
if (Environment.GetEnvironmentVariable("FLAME_PARENT") is not null) await FlameApplication.StartAsync(builder => builder.UseFly());
if (args is ["machine", .. var words]) return await MachineMain.RunAsync(words);
return await Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions);
