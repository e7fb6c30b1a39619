using Flame.Cli.Tests;
using Flame.Cli.Tests.Running;

// The same binary is the test runner, a program with pools that the tool looks at, and the executor of that.
if (FlameParent() || args is ["parent", ..]) return await SmallProgram.RunAsync(args);
return await Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions);

static bool FlameParent() => Environment.GetEnvironmentVariable("FLAME_PARENT") is not null;
