using Flame.Doubles.Fly;
using Flame.Fly.Machines;
using Flame.Fly.Tests.Pools;

namespace Flame.Fly.Tests.Prism;

/// <summary>
/// Every request that the backend makes, checked by Prism against Fly's published document and against a stricter one that
/// was made from it. The answers come from the double through it.
/// </summary>
public sealed class PrismTests
{
    [Theory]
    [InlineData("fly-machines-openapi.json", "", "/v1")]
    [InlineData("fly-machines-openapi.strict.json", "/v1", "")]
    public async Task Every_request_is_one_that_the_document_allows(string document, string prefix, string upstream)
    {
        await using var cloud = await Cloud.StartAsync();
        await using var prism = await PrismProcess.StartAsync(Path.Combine(AppContext.BaseDirectory, "Prism", document), cloud.Address + upstream);
        await using var relay = await PrismRelay.StartAsync(prism.Port, prefix);

        await UseEverythingAsync(cloud, relay.Address);
        Assert.Empty(relay.Violations);
        Assert.DoesNotContain(relay.Calls, call => call.StartsWith("404", StringComparison.Ordinal));

        // A wrong request is noticed, or the above would mean nothing.
        using var client = new MachinesClient(new Uri(relay.Address), cloud.App, FlyToken.Parse(cloud.Token)!, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        var wrong = Cloud.Request() with { Config = Cloud.Request().Config with { Restart = new RestartConfig("sometimes") } };
        await client.CreateAsync(wrong, null, null, Cloud.Patience);
        Assert.NotEmpty(relay.Violations);
    }

    private static async Task UseEverythingAsync(FlyDouble cloud, string address)
    {
        // A machine with everything that can be set, a lost answer, an end with a reason.
        await using (var pools = await FlyPools.StartAsync(cloud, fly =>
        {
            fly.ApiHost = address;
            fly.Env["A"] = "1";
            fly.Metadata["team"] = "videos";
            fly.Init.Tty = false;
            fly.Init.SwapSizeMiB = 256;
            fly.Init.KernelArgs.Add("quiet");
            fly.StopTimeout = TimeSpan.FromSeconds(20);
            fly.Mounts.Add(new FlyMount("/models") { Name = "models", SizeGB = 1 });
            fly.Services.Add(new FlyService(8080, 443) { Handlers = { "tls", "http" }, Http2 = true });
        }))
        {
            cloud.Faults.Next("create", FlyFault.CommittedThenFailed);
            Assert.NotEqual(Environment.ProcessId, await Work.ProcessAsync());
            await pools["main"].MachineOf("main/1")!.RunAsync(["/bin/true"], static (_, _) => Task.CompletedTask, Cloud.Patience);
            await Assert.ThrowsAsync<ExecutorLostException>(() => Work.ExitAsync(7));
        }

        // One that is kept, and started again by a run that also sweeps.
        for (var run = 0; run < 2; run++)
        {
            await using var kept = await FlyPools.StartAsync(cloud, fly => (fly.ApiHost, fly.KeepStopped) = (address, 1));
            await Work.ProcessAsync();
        }

        Assert.Equal(2, cloud.Machines.Count);
        Assert.Contains(cloud.Calls, call => call.Action == "lease");
    }
}
