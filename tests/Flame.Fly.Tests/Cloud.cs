using System.Text.Json.Nodes;
using Flame.Doubles.Fly;
using Flame.Fly.Machines;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Flame.Fly.Tests;

/// <summary>The double with the images that tests use, and ways to it.</summary>
internal static class Cloud
{
    public const string Image = "registry.fly.io/double:deployment-1";
    public const string Sleeper = "sleeper";
    public const string Leaver = "leaver";

    public static CancellationToken Patience => new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token;

    public static async Task<FlyDouble> StartAsync(int seed = 1)
    {
        var cloud = await FlyDouble.StartAsync(seed);
        var self = Environment.ProcessPath!;
        cloud.Images[Image] = new MachineProgram(self);
        cloud.Images[Sleeper] = new MachineProgram(self, "machine", "sleep");
        cloud.Images[Leaver] = new MachineProgram(self, "machine", "exit", "3");
        return cloud;
    }

    public static MachinesClient Client(FlyDouble cloud, TimeProvider? time = null, ILogger? log = null, string? token = null) =>
        new(new Uri(cloud.Address), cloud.App, FlyToken.Parse(token ?? cloud.Token)!, time ?? TimeProvider.System, log ?? NullLogger.Instance);

    public static MachineRequest Request(string image = Sleeper, string? name = null, bool autoDestroy = true, params (string Key, string Value)[] metadata) =>
        new(new MachineConfig(image, new GuestConfig("shared", 1, 256)) { AutoDestroy = autoDestroy, Metadata = metadata.ToDictionary(m => m.Key, m => m.Value) }) { Name = name, Region = "ams" };

    public static JsonObject Config(string image = Sleeper, params (string Key, string Value)[] metadata) => new()
    {
        ["image"] = image,
        ["auto_destroy"] = true,
        ["restart"] = new JsonObject { ["policy"] = "no" },
        ["metadata"] = new JsonObject(metadata.Select(m => KeyValuePair.Create(m.Key, (JsonNode?)m.Value))),
    };

    /// <summary>The environment of a parent on Fly.</summary>
    public static FlyEnvironment On(FlyDouble cloud, params (string Name, string? Value)[] other)
    {
        var variables = new Dictionary<string, string?>
        {
            [FlyEnvironment.TokenVariable] = cloud.Token,
            [FlyEnvironment.AppVariable] = cloud.App,
            [FlyEnvironment.ImageVariable] = Image,
            [FlyEnvironment.RegionVariable] = "ams",
            [FlyEnvironment.PrivateIpVariable] = "::1",
        };
        foreach (var (name, value) in other) variables[name] = value;
        return new FlyEnvironment(variables.GetValueOrDefault);
    }
}
