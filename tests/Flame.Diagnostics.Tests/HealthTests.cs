using Flame.Backends;
using Flame.Executor;
using Flame.Health;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Flame.Diagnostics.Tests;

public sealed class HealthTests
{
    private static CancellationToken Patience => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0, 0, 0, 0, false, HealthStatus.Healthy)]
    [InlineData(2, 0, 5, 0, false, HealthStatus.Degraded)] // full, and calls wait
    [InlineData(1, 1, 5, 0, false, HealthStatus.Healthy)] // they wait for a boot
    [InlineData(1, 0, 5, 0, false, HealthStatus.Healthy)] // there may be more, and will
    [InlineData(1, 0, 0, 3, false, HealthStatus.Degraded)] // boots fail, and one works
    [InlineData(0, 1, 5, 1, false, HealthStatus.Unhealthy)] // boots fail, and none does
    [InlineData(2, 0, 0, 0, true, HealthStatus.Unhealthy)]
    public void Pool_is_as_well_as_its_figures_say(int ready, int booting, int waiting, int failures, bool isEnding, HealthStatus expected)
    {
        var health = PoolHealth.Of(new FlamePoolStats("gpu", ready, booting, 0, ready, waiting, failures, 0, []), max: 2, isEnding, "no such image.");
        Assert.Equal(expected, health.Status);
        Assert.Equal(expected == HealthStatus.Healthy, health.Words is null);
        Assert.Equal(failures > 0, health.Words?.Contains("no such image", StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task Health_check_of_a_host_says_that_a_pool_cannot_boot_and_why()
    {
        using var host = Start(new BrokenBackend());
        await host.StartAsync(Patience);
        var health = host.Services.GetRequiredService<HealthCheckService>();
        Assert.Equal(HealthStatus.Healthy, (await health.CheckHealthAsync(Patience)).Status);
        await Assert.ThrowsAsync<BootFailedException>(() => host.Services.GetRequiredService<FlamePools>().CallAsync("main", static () => { }, Patience));
        var report = (await health.CheckHealthAsync(Patience)).Entries["flame"];
        Assert.Equal(HealthStatus.Unhealthy, report.Status);
        Assert.Contains("Pool 'main' has no executor", report.Description);
        Assert.Contains("the cable is cut", report.Description);
        await host.StopAsync(Patience);
        Assert.Equal(HealthStatus.Unhealthy, (await health.CheckHealthAsync(Patience)).Status);
    }

    [Fact]
    public async Task Health_check_of_a_pool_that_works_has_its_figures()
    {
        using var host = Start(new InProcessBackend());
        await host.StartAsync(Patience);
        await host.Services.GetRequiredService<FlamePools>().CallAsync("main", static () => { }, Patience);
        var report = (await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Patience)).Entries["flame"];
        Assert.Equal(HealthStatus.Healthy, report.Status);
        Assert.StartsWith("1 ready, 0 booting", (string)report.Data["main"]);
        await host.StopAsync(Patience);
    }

    private static IHost Start(FlameBackend backend)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.AddFlame(flame => flame.UseBackend(backend).AddPool("main"));
        builder.Services.AddHealthChecks().AddFlame();
        return builder.Build();
    }

    private sealed class BrokenBackend : FlameBackend
    {
        public override string Name => "broken";

        public override Task<BackendExecutor> StartAsync(BootRequest request, CancellationToken ct) => throw new BackendException("the cable is cut", permanent: true);
    }
}
