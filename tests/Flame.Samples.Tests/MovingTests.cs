using System.Text;
using Flame.Samples.Tests.Readme;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Flame.Samples.Tests;

/// <summary>The page on moving: configuration alone says where executors are.</summary>
public sealed class MovingTests
{
    private static readonly string s_page = File.ReadAllText(Path.Combine(Repository.Path, "docs", "moving.md"));

    [Fact]
    public async Task Nothing_said_is_this_machine()
    {
        using var host = Configured([]);
        await host.StartAsync(TestContext.Current.CancellationToken);
        Assert.Equal("cpu", host.Services.GetRequiredService<FlamePools>()["cpu"].Name);
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("kubernetes", "FLM1130: ")]
    [InlineData("fly", "FLM1120: ")]
    public async Task One_word_is_another_platform_which_says_what_it_lacks_here(string backend, string lacks)
    {
        using var host = Configured(new() { ["Flame:Backend"] = backend });
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(TestContext.Current.CancellationToken));
        Assert.Contains(error.Failures, failure => failure.Contains(lacks, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Configuration_of_the_page_has_each_pool_where_it_says()
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(Assert.Single(ReadmeTests.Blocks(s_page, "json"))));
        using var host = Hosting.Anywhere(new ConfigurationBuilder().AddJsonStream(stream).AddInMemoryCollection(s_noCluster).Build());
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(TestContext.Current.CancellationToken));
        Assert.Contains(error.Failures, failure => failure.Contains("FLM1130: ", StringComparison.Ordinal));
        Assert.Contains(error.Failures, failure => failure.Contains("FLM1120: ", StringComparison.Ordinal));
        Assert.DoesNotContain(error.Failures, failure => failure.Contains("Resources", StringComparison.Ordinal));
    }

    [Fact]
    public void Manifest_and_fly_toml_set_what_configuration_reads()
    {
        Assert.Contains("name: Flame__Backend, value: kubernetes", s_page, StringComparison.Ordinal);
        Assert.Contains("Flame__Backend = \"fly\"", s_page, StringComparison.Ordinal);
    }

    // Wherever the tests run; and one of their own methods names a pool.
    private static readonly Dictionary<string, string?> s_noCluster = new() { ["Flame:Kubernetes:Kubeconfig"] = "/nowhere/kubeconfig", ["Flame:Pools:render:Max"] = "1" };

    private static IHost Configured(Dictionary<string, string?> said) =>
        Hosting.Anywhere(new ConfigurationBuilder().AddInMemoryCollection(s_noCluster).AddInMemoryCollection(said).Build());
}
