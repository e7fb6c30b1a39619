using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Flame.Doubles.Fly;

/// <summary>Leases: the sole right to change a machine, for a while.</summary>
internal static class FlyLease
{
    public static async Task AcquireAsync(HttpContext http, CloudMachine machine)
    {
        var nonce = (string?)http.Request.Headers["fly-machine-lease-nonce"];
        if (await FlyApi.BodyAsync(http) is not { } body) return;
        if (Held(machine) is { } held && held.Nonce != nonce)
        {
            await FlyAnswer.LeasedAsync(http, machine.Id, held.Until);
            return;
        }

        machine.Lease = (nonce ?? FlyAnswer.Hex(12), DateTimeOffset.UtcNow.AddSeconds((int?)body["ttl"] ?? 30));
        await FlyAnswer.JsonAsync(http, Json(machine), 201);
    }

    public static Task ShowAsync(HttpContext http, CloudMachine machine) =>
        Held(machine) is null ? FlyAnswer.JsonAsync(http, new JsonObject { ["status"] = "error", ["message"] = "lease not found" }, 404) : FlyAnswer.JsonAsync(http, Json(machine));

    public static async Task ReleaseAsync(HttpContext http, CloudMachine machine)
    {
        if (Held(machine) is { } held && held.Nonce != http.Request.Headers["fly-machine-lease-nonce"])
        {
            await FlyAnswer.LeasedAsync(http, machine.Id, held.Until);
            return;
        }

        machine.Lease = null;
        await FlyAnswer.JsonAsync(http, new JsonObject { ["status"] = "success", ["data"] = new JsonObject { ["ok"] = true } });
    }

    private static (string Nonce, DateTimeOffset Until)? Held(CloudMachine machine) => machine.Lease is { } lease && lease.Until > DateTimeOffset.UtcNow ? lease : null;

    private static JsonObject Json(CloudMachine machine)
    {
        var (nonce, until) = machine.Lease!.Value;
        return new JsonObject
        {
            ["status"] = "success",
            ["data"] = new JsonObject { ["nonce"] = nonce, ["expires_at"] = until.ToUnixTimeSeconds(), ["owner"] = "hello@fly.io", ["description"] = "", ["version"] = machine.InstanceId },
        };
    }
}
