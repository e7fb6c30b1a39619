using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Flame.Doubles.Fly;

/// <summary>Answers a create: what is wrong with it, what there is no room for, or a machine that is not started yet.</summary>
internal static class FlyCreate
{
    // Two creates of one name must not both find it free.
    private static readonly SemaphoreSlim s_one = new(1);

    public static async Task CreateAsync(HttpContext http, FlyDouble cloud)
    {
        if (await FlyApi.BodyAsync(http) is not { } body) return;
        await s_one.WaitAsync();
        try
        {
            await CreateAsync(http, cloud, body);
        }
        finally
        {
            s_one.Release();
        }
    }

    private static Task CreateAsync(HttpContext http, FlyDouble cloud, JsonObject body)
    {
        var name = (string?)body["name"] ?? FlyAnswer.Hex(12);
        var region = (string?)body["region"] ?? "iad";
        if (body["config"] is not JsonObject config) return FlyAnswer.ErrorAsync(http, 400, "invalid_argument: config is required");
        if ((string?)config["image"] is not { } image) return FlyAnswer.ErrorAsync(http, 400, "invalid_argument: config.image is required");
        if (Wrong(config) is { } wrong) return FlyAnswer.ErrorAsync(http, 422, wrong);
        if (cloud.Live.FirstOrDefault(m => m.Name == name) is { } holder) return FlyAnswer.NameTakenAsync(http, holder.Id, name);

        // Made up: what Fly says of an image that is not there is not known.
        if (!cloud.Images.ContainsKey(image)) return FlyAnswer.ErrorAsync(http, 400, $"invalid_argument: failed to get manifest {image}: not found");
        if (cloud.Capacity.TryGetValue(region, out var room) && cloud.Live.Count(m => m.Region == region) >= room) return FlyAnswer.ErrorAsync(http, 422, "could not find a candidate host", "insufficient_capacity");
        if (Taken(config, cloud) is { } volume)
            return FlyAnswer.ErrorAsync(http, 412, $"insufficient resources to create new machine with existing volume id '{volume}'", "volume_placement_capacity");

        var machine = cloud.Add(name, region, (JsonObject)config.DeepClone());
        var answer = machine.Json();
        _ = machine.LaunchAsync(cloud.Faults.OfMachine());
        return FlyAnswer.JsonAsync(http, answer);
    }

    private static string? Wrong(JsonObject config)
    {
        var guest = config["guest"] as JsonObject;
        var (kind, cpus, memory) = ((string?)guest?["cpu_kind"] ?? "shared", (int?)guest?["cpus"] ?? 1, (int?)guest?["memory_mb"] ?? 256);
        var (least, most) = kind == "shared" ? (256 * cpus, 2048 * cpus) : (2048 * cpus, 8192 * cpus);
        if (memory % 256 != 0) return "invalid config.guest.memory_mb, must be a multiple of 256";
        if (memory < least || memory > most) return $"invalid config.guest.memory_mb, minimum required {least} MiB, maximum {most} MiB";
        return config["mounts"] is JsonArray { Count: > 1 } ? "invalid config.mounts, only one mount is supported" : null;
    }

    private static string? Taken(JsonObject config, FlyDouble cloud) =>
        config["mounts"] is JsonArray mounts && mounts.Select(m => (string?)m!["volume"]).FirstOrDefault(v => v is null || !cloud.Volumes.TryGetValue(v, out var volume) || cloud.MachineOf(volume) is not null) is { } taken ? taken : null;
}
