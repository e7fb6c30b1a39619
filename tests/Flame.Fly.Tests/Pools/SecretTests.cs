using Flame.Doubles.Fly;
using Flame.Fly.Boots;
using Flame.Fly.Machines;

namespace Flame.Fly.Tests.Pools;

/// <summary>The API token and an executor's one-time token are in no exception, log or text, whatever goes wrong.</summary>
public sealed class SecretTests
{
    public static TheoryData<string> Faults => ["refused", "echoed", "down", "invalid", "image"];

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task No_secret_is_told_when_a_boot_fails(string fault)
    {
        using var log = new LogRecorder();
        await using var cloud = await Cloud.StartAsync();
        string? parent = null;
        Exception? error = null;
        try
        {
            await using var pools = await FlyPools.StartAsync(cloud, fly => fly.Image = fault == "image" ? "gone" : Cloud.Image, pool => pool.BootTimeout = TimeSpan.FromSeconds(3), log);
            Script(cloud, fault);
            if (fault == "down") await cloud.GoDownAsync();
            error = await Assert.ThrowsAnyAsync<FlameException>(() => Work.ProcessAsync());
            parent = cloud.Machines.FirstOrDefault()?.Env("FLAME_PARENT");
            if (fault == "down") await cloud.ComeBackAsync();
        }
        finally
        {
            var told = string.Join('\n', log.Lines) + error;
            Assert.DoesNotContain(cloud.Token, told);
            Assert.DoesNotContain(cloud.Token[4..], told);
            if (parent is not null) Assert.DoesNotContain(parent, told);
        }
    }

    [Fact]
    public async Task No_secret_is_told_when_all_goes_well()
    {
        using var log = new LogRecorder();
        await using var cloud = await Cloud.StartAsync();
        await using (await FlyPools.StartAsync(cloud, loggers: log)) await Work.ProcessAsync();

        Assert.NotEmpty(log.Lines);
        Assert.DoesNotContain(log.Lines, line => line.Contains(cloud.Token, StringComparison.Ordinal) || line.Contains(cloud.Machines.Single().Env("FLAME_PARENT")!, StringComparison.Ordinal));
    }

    [Fact]
    public void Nothing_that_holds_a_secret_prints_it()
    {
        const string Secret = "fm2_verysecret";
        var request = Cloud.Request() with { Config = new MachineConfig("image", new GuestConfig("shared", 1, 256)) { Env = new Dictionary<string, string> { ["FLAME_PARENT"] = Secret } } };
        object[] holders =
        [
            new FlyOptions { Token = Secret, Env = { ["A"] = Secret } }, FlyToken.Parse(Secret)!, request, request.Config,
            new MachinesCall("create", "app", HttpMethod.Post, "") { Body = System.Text.Encoding.UTF8.GetBytes(Secret), Nonce = Secret },
            new Machine { Config = new MachineFacts(null, new Dictionary<string, string> { ["a"] = Secret }, null) },
        ];

        Assert.All(holders, holder => Assert.DoesNotContain("verysecret", holder.ToString()));
    }

    private static void Script(FlyDouble cloud, string fault)
    {
        var headers = $"{{\"error\":\"denied: authorization: FlyV1 {cloud.Token}\"}}";
        switch (fault)
        {
            case "refused": cloud.Faults.Sometimes("create", 1, new FlyFault(401, headers)); break;
            case "echoed": cloud.Faults.Sometimes("create", 1, new FlyFault(503, headers)); break;
            case "invalid": cloud.Faults.Sometimes("create", 1, new FlyFault(422, headers)); break;
        }
    }
}
