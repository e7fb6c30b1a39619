using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Flame.Kubernetes.Tests.Cluster;

/// <summary>How executors and parent find and know each other.</summary>
public sealed class LinkTests : ClusterTests
{
    [Theory]
    [InlineData("127.0.0.1", "::1")]
    [InlineData("::1", "127.0.0.1")]
    public async Task A_parent_with_both_kinds_of_addresses_offers_both(string first, string second)
    {
        Cluster.Change(ResourceKind.Pods, ParentPod, p => p.Branch("status")["podIPs"] = new JsonArray(new JsonObject { ["ip"] = first }, new JsonObject { ["ip"] = second }));
        await using var pools = await AsPodAsync();
        await Deeds.ProcessAsync().Patiently();
        Assert.Equal([first, second], ParentOf(Pods[0]).Endpoints.Select(e => new Uri(e).Host.Trim('[', ']')));
    }

    [Fact]
    public async Task A_name_that_leads_nowhere_is_passed_over()
    {
        await using var pools = await AsPodAsync(kubernetes: o =>
        {
            o.ParentHosts.Add("nowhere.invalid");
            o.ParentHosts.Add("127.0.0.1");
        });
        await Deeds.ProcessAsync().Patiently();
    }

    [Fact]
    public async Task A_parent_outside_can_be_dialled_where_it_says_how()
    {
        var port = FreePort();
        await using var pools = await OutsideAsync(kubernetes: o =>
        {
            o.ParentHosts.Add("127.0.0.1");
            o.ParentPort = port;
        });
        await Deeds.ProcessAsync().Patiently();
        Assert.Equal([$"https://127.0.0.1:{port}"], ParentOf(Pods[0]).Endpoints.Select(e => e.TrimEnd('/')));
        Assert.DoesNotContain(Cluster.Requests, r => r.Subresource == "portforward");
    }

    [Fact]
    public async Task A_parent_in_the_cluster_can_come_to_its_executors_too()
    {
        await using var pools = await AsPodAsync(kubernetes: o => o.Dialling = KubernetesDialling.Parent);
        await Deeds.ProcessAsync().Patiently();
        Assert.StartsWith("reverse:", Assert.Single(ParentOf(Pods[0]).Endpoints), StringComparison.Ordinal);
        Assert.Contains(Cluster.Requests, r => r.Subresource == "portforward");
    }

    [Fact]
    public async Task A_parent_that_shows_another_certificate_is_not_talked_to() =>
        await RefusedAsync(parent => parent with { CertificatePin = Convert.ToHexStringLower(new byte[32]) }, "runs and has not connected");

    [Fact]
    public async Task An_executor_with_another_token_is_turned_away() =>
        await RefusedAsync(parent => parent with { Token = FlameParent.NewToken() }, "exited with code 71; last output: FLM2103");

    [Fact]
    public async Task Plain_text_is_spoken_where_both_sides_allow_it()
    {
        await using var pools = await AsPodAsync(kubernetes: o =>
        {
            o.AllowPlainText = true;
            o.Environment["FLAME_TEST_PLAIN"] = "1";
        });
        await Deeds.ProcessAsync().Patiently();
        var parent = ParentOf(Pods[0]);
        Assert.Equal((null, "http"), (parent.CertificatePin, new Uri(Assert.Single(parent.Endpoints)).Scheme));
    }

    [Fact]
    public async Task An_executor_that_does_not_allow_plain_text_does_not_speak_it()
    {
        await using var pools = await AsPodAsync(p => p.BootTimeout = TimeSpan.FromSeconds(2), o => o.AllowPlainText = true);
        _ = Deeds.ProcessAsync();
        Assert.Contains("runs and has not connected", (await Log.WhenAsync("FLM3003")).Text, StringComparison.Ordinal);
    }

    /// <summary>An executor that was given something else than its parent gave to it.</summary>
    private async Task RefusedAsync(Func<FlameParent, FlameParent> other, string words)
    {
        await using var pools = await AsPodAsync(p => p.BootTimeout = TimeSpan.FromSeconds(3));
        var held = Cluster.Faults.HoldBoots();
        var call = Deeds.ProcessAsync();
        var pod = await PodAsync(p => p.Text("spec", "nodeName") is not null);
        Cluster.Change(ResourceKind.Secrets, Name(pod), s => s.Branch("data")["FLAME_PARENT"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(other(ParentOf(pod)).Encode())));
        held.Dispose();

        Assert.Contains(words, (await Log.WhenAsync("FLM3003")).Text, StringComparison.Ordinal);

        // The next one was given what is right; a boot that took its whole time has failed the call that waited for it.
        if (await Record.ExceptionAsync(() => call.Patiently()) is not null) await Deeds.ProcessAsync().Patiently();
    }

    private static int FreePort()
    {
        using var socket = new TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        return ((IPEndPoint)socket.LocalEndpoint).Port;
    }
}
