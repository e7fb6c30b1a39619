using System.Text.RegularExpressions;
using Microsoft.Extensions.Time.Testing;

namespace Flame.Kubernetes.Tests.Cluster;

/// <summary>Pods of the stock executor's image, which have nothing of this program when they begin.</summary>
public sealed class StockPodTests : StockClusterTests
{
    /// <summary>Has the program that a pod becomes do that instead of coming to its parent: see Program.cs.</summary>
    public const string Instead = "FLAME_TEST_INSTEAD";

    [Fact]
    public async Task Parent_that_comes_to_its_executors_comes_twice_and_the_second_time_they_are_its_program()
    {
        await using (await OutsideAsync(kubernetes: static o => o.Image = Stock))
        {
            var process = await Deeds.ProcessAsync().Patiently();
            Assert.Equal(Cluster.Process(Name(Assert.Single(Pods)))!.Id, process);
            Assert.StartsWith("reverse:", Assert.Single(ParentOf(Pods[0]).Endpoints), StringComparison.Ordinal);
            Assert.InRange(await LackedAsync(), 10, int.MaxValue);
        }

        Assert.InRange(Cluster.Requests.Count(static r => r.Subresource == "portforward"), 2, int.MaxValue);
    }

    [Fact]
    public async Task Pod_of_a_node_that_had_the_program_is_sent_nothing()
    {
        await using (await OutsideAsync(kubernetes: static o => o.Image = Stock)) await Deeds.ProcessAsync().Patiently();
        var contents = Contents;
        await using (await OutsideAsync(kubernetes: static o => o.Image = Stock)) await Deeds.ProcessAsync().Patiently();
        Assert.Equal(contents, Contents);
        Assert.Contains(Log.Lines, static line => line.Text.Contains(" got the program: it lacked 0 of ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Parent_in_the_cluster_is_dialled_by_stock_executors()
    {
        await using var pools = await AsPodAsync(kubernetes: static o => o.Image = Stock);
        Assert.Equal(await Deeds.ProcessAsync().Patiently(), Cluster.Process(Name(Assert.Single(Pods)))!.Id);
        Assert.InRange(await LackedAsync(), 10, int.MaxValue);
        Assert.DoesNotContain(Cluster.Requests, static r => r.Subresource == "portforward");
    }

    [Fact]
    public async Task Manifest_of_the_documentation_gives_the_pods_their_cache()
    {
        var page = await File.ReadAllTextAsync(Path.Combine(Repository, "docs", "from-your-laptop.md"), Ct);
        var (manifest, cache) = (Path.Combine(Path.GetDirectoryName(Kubeconfig)!, "executor.yaml"), Cache + "-of-the-volume");

        // The containers of the double see the files of this machine.
        await File.WriteAllTextAsync(manifest, page.Split("```yaml\n")[1].Split("```")[0].Replace("/cache/flame", cache, StringComparison.Ordinal), Ct);
        await using var pools = await OutsideAsync(kubernetes: o => (o.Image, o.Manifest) = (Stock, manifest));
        await Deeds.ProcessAsync().Patiently();
        Assert.Single(Directory.EnumerateDirectories(Path.Combine(cache, "programs")));
        Assert.Equal("flame-cache", Assert.Single(Pods[0].Items("spec", "volumes")).Text("persistentVolumeClaim", "claimName"));
        Assert.Equal(1654, Pods[0].Number("spec", "securityContext", "runAsUser"));
    }

    [Fact]
    public async Task Executor_that_never_comes_again_fails_its_boot_at_its_time_and_the_error_says_so()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var second = TimeProvider.System.CreateTimer(_ => time.Advance(TimeSpan.FromMilliseconds(20)), null, TimeSpan.Zero, TimeSpan.FromMilliseconds(20));
        await using var pools = await OutsideAsync(
            static p => p.BootTimeout = TimeSpan.FromMinutes(30),
            static o => (o.Image, o.Environment[Instead]) = (Stock, "wait"),
            flame => flame.Time = time);
        var call = Deeds.ProcessAsync();
        await LackedAsync();
        time.Advance(TimeSpan.FromMinutes(30));
        var error = await Assert.ThrowsAsync<BootFailedException>(() => call.Patiently());
        Assert.Contains("BootTimeout", error.Message, StringComparison.Ordinal);
        Assert.Contains("has got the program, and has not come again as it", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Executor_that_ends_as_the_program_before_it_comes_again_fails_its_boot_at_once_with_its_words()
    {
        await using var pools = await OutsideAsync(static p => p.BootTimeout = TimeSpan.FromMinutes(30), static o => (o.Image, o.Environment[Instead]) = (Stock, "end"));
        _ = Deeds.ProcessAsync();
        Assert.Contains("exited with code 9; last output: no licence", (await Log.WhenAsync("FLM3003")).Text, StringComparison.Ordinal);
    }

    /// <summary>How many files were sent, once one executor has got the program.</summary>
    private async Task<int> LackedAsync() =>
        int.Parse(Regex.Match((await Log.WhenAsync("FLM3061")).Text, "it lacked ([0-9]+) of").Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);
}
