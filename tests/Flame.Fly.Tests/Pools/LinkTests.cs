using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Flame.Backends;

namespace Flame.Fly.Tests.Pools;

public sealed class LinkTests
{
    [Fact]
    public async Task The_link_is_encrypted_within_the_private_network_too()
    {
        await using var cloud = await Cloud.StartAsync();
        await using var pools = await FlyPools.StartAsync(cloud);
        await Work.ProcessAsync();

        var parent = Parent(cloud.Machines.Single().Env("FLAME_PARENT")!);
        Assert.StartsWith("https://[::1]:", (string)parent["endpoints"]![0]!);
        Assert.NotNull(parent["pin"]);
        Assert.Equal("fly", (string?)parent["backend"]);
    }

    [Fact]
    public async Task Plain_text_is_a_decision_of_the_parent_alone()
    {
        await using var cloud = await Cloud.StartAsync();
        await using var pools = await FlyPools.StartAsync(cloud, fly => fly.AllowPlainText = true);
        await Work.ProcessAsync();

        var parent = Parent(cloud.Machines.Single().Env("FLAME_PARENT")!);
        Assert.StartsWith("http://[::1]:", (string)parent["endpoints"]![0]!);
    }

    [Fact]
    public async Task An_address_that_leads_nowhere_is_passed_over_for_the_next()
    {
        await using var cloud = await Cloud.StartAsync();
        await using var pools = await FlyPools.StartAsync(cloud, fly =>
        {
            fly.LinkHosts.Add("127.0.0.1");
            fly.LinkHosts.Add("::1");
        });

        await Work.ProcessAsync();
        Assert.Equal(2, Parent(cloud.Machines.Single().Env("FLAME_PARENT")!)["endpoints"]!.AsArray().Count);
    }

    [Fact]
    public void A_parent_on_Fly_is_found_by_its_address_and_by_its_name()
    {
        var link = Link(new FlyOptions(), ("FLY_PRIVATE_IP", "fdaa::2"), ("FLY_MACHINE_ID", "3d8d"), ("FLY_APP_NAME", "videos"));

        Assert.Equal(IPAddress.Parse("fdaa::2"), link.Address);
        Assert.Equal(["fdaa::2", "3d8d.vm.videos.internal"], link.Hosts);
    }

    [Fact]
    public void A_parent_elsewhere_is_found_where_it_says()
    {
        var link = Link(new FlyOptions { LinkAddress = "::", LinkPort = 4000, LinkHosts = { "laptop._peer.internal" } });

        Assert.Equal((IPAddress.IPv6Any, 4000), (link.Address, link.Port));
        Assert.Equal(["laptop._peer.internal"], link.Hosts);
    }

    private static Grpc.GrpcLinkOptions Link(FlyOptions options, params (string Name, string Value)[] environment) =>
        new FlyCarrier(() => options, new FlyEnvironment(environment.ToDictionary(v => v.Name, v => (string?)v.Value).GetValueOrDefault)).Link();

    private static JsonNode Parent(string variable) => JsonNode.Parse(Encoding.UTF8.GetString(System.Buffers.Text.Base64Url.DecodeFromChars(variable)))!;
}
