using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Flame.Doubles.Fly;

/// <summary>The paths of the Machines API.</summary>
internal static class FlyApi
{
    public static void Map(WebApplication server, FlyDouble cloud)
    {
        server.Use((http, next) => FlyGate.PassAsync(http, cloud, () => next(http)));
        server.UseRouting();
        var machines = server.MapGroup("/v1/apps/{app}/machines");
        machines.MapPost("", http => InAppAsync(http, cloud, () => FlyCreate.CreateAsync(http, cloud)));
        machines.MapGet("", http => InAppAsync(http, cloud, () => ListAsync(http, cloud)));
        On(machines.MapGet, "/{id}", (http, machine) => FlyAnswer.JsonAsync(http, machine.Json()));
        On(machines.MapPost, "/{id}", (http, machine) => Changing(http, machine, () => UpdateAsync(http, machine)));
        On(machines.MapDelete, "/{id}", (http, machine) => Changing(http, machine, () => DestroyAsync(http, machine)));
        On(machines.MapGet, "/{id}/wait", FlyWait.WaitAsync);
        On(machines.MapPost, "/{id}/start", (http, machine) => Changing(http, machine, () => StartAsync(http, machine)));
        On(machines.MapPost, "/{id}/stop", (http, machine) => Changing(http, machine, () => StopAsync(http, machine)));
        On(machines.MapPost, "/{id}/exec", FlyExec.RunAsync);
        On(machines.MapPost, "/{id}/suspend", (http, machine) => Changing(http, machine, () => SuspendAsync(http, machine)));
        On(machines.MapPost, "/{id}/lease", FlyLease.AcquireAsync);
        On(machines.MapGet, "/{id}/lease", FlyLease.ShowAsync);
        On(machines.MapDelete, "/{id}/lease", FlyLease.ReleaseAsync);
        server.MapGet("/v1/apps/{app}/volumes", http => InAppAsync(http, cloud, () => FlyAnswer.JsonAsync(http, new JsonArray([.. cloud.Volumes.Values.Select(v => Json(v, cloud))]))));
        server.MapPost("/v1/apps/{app}/volumes", http => InAppAsync(http, cloud, () => CreateVolumeAsync(http, cloud)));

        void On(Func<string, RequestDelegate, IEndpointConventionBuilder> map, string path, Func<HttpContext, CloudMachine, Task> answer) => map(path, http => InAppAsync(http, cloud, () =>
        {
            var id = (string)http.GetRouteValue("id")!;
            return cloud.Find(id) is { } machine ? answer(http, machine) : FlyAnswer.NoMachineAsync(http, id);
        }));
    }

    /// <summary>The body as an object; <see langword="null"/> where it is none, and answered.</summary>
    public static async Task<JsonObject?> BodyAsync(HttpContext http)
    {
        try
        {
            if (await JsonNode.ParseAsync(http.Request.Body, cancellationToken: http.RequestAborted) is JsonObject body) return body;
        }
        catch (JsonException)
        {
        }

        await FlyAnswer.ErrorAsync(http, 400, "invalid_argument: body is not a JSON object");
        return null;
    }

    private static Task InAppAsync(HttpContext http, FlyDouble cloud, Func<Task> answer) =>
        (string?)http.GetRouteValue("app") == cloud.App ? answer() : FlyAnswer.ErrorAsync(http, 404, "app not found");

    private static Task Changing(HttpContext http, CloudMachine machine, Func<Task> answer)
    {
        if (machine.Lease is { } lease && lease.Until > DateTimeOffset.UtcNow && http.Request.Headers["fly-machine-lease-nonce"] != lease.Nonce)
            return FlyAnswer.LeasedAsync(http, machine.Id, lease.Until);
        return answer();
    }

    private static Task ListAsync(HttpContext http, FlyDouble cloud)
    {
        var query = http.Request.Query;
        var since = DateTimeOffset.UtcNow - cloud.Faults.ListLag;
        var wanted = query.Where(q => q.Key.StartsWith("metadata.", StringComparison.Ordinal)).Select(q => (Key: q.Key["metadata.".Length..], Value: (string?)q.Value)).ToArray();
        var states = query["state"].SelectMany(s => s!.Split(',')).ToArray();
        var found = cloud.Machines
            .Where(m => (m.IsLive || query["include_deleted"] == "true") && m.CreatedAt <= since)
            .Where(m => states.Length == 0 || states.Contains(m.State))
            .Where(m => !query.ContainsKey("region") || query["region"] == m.Region)
            .Where(m => wanted.All(w => m.Metadata(w.Key) == w.Value));
        return FlyAnswer.JsonAsync(http, new JsonArray([.. found.Select(m => m.Json())]));
    }

    private static async Task UpdateAsync(HttpContext http, CloudMachine machine)
    {
        if (await BodyAsync(http) is not { } body) return;
        if ((string?)body["current_version"] is { } version && version != machine.InstanceId) await FlyAnswer.ErrorAsync(http, 409, "aborted: machine update failed due to concurrent update");
        else if (!machine.IsLive) await FlyAnswer.ErrorAsync(http, 412, "failed_precondition: machine is destroyed");
        else if (machine.IsRunning || (bool?)body["skip_launch"] != true) await FlyAnswer.ErrorAsync(http, 412, "failed_precondition: this double updates machines that rest, with skip_launch");
        else
        {
            machine.Update((JsonObject)body["config"]!.DeepClone());
            await FlyAnswer.JsonAsync(http, machine.Json());
        }
    }

    private static async Task DestroyAsync(HttpContext http, CloudMachine machine)
    {
        if (machine.State == "destroyed") await FlyAnswer.NoMachineAsync(http, machine.Id);
        else if (machine.IsRunning && http.Request.Query["force"] != "true") await FlyAnswer.ErrorAsync(http, 412, "failed_precondition: unable to destroy machine, not currently stopped");
        else
        {
            _ = machine.DestroyAsync();
            await FlyAnswer.OkAsync(http);
        }
    }

    private static async Task StartAsync(HttpContext http, CloudMachine machine)
    {
        var before = machine.State;
        if (before is not ("stopped" or "suspended" or "created" or "failed"))
        {
            await FlyAnswer.ErrorAsync(http, 412, $"failed_precondition: unable to start machine from current state: '{before}'");
            return;
        }

        machine.Start();
        await FlyAnswer.JsonAsync(http, new JsonObject { ["previous_state"] = before, ["migrated"] = false, ["new_host"] = "" });
    }

    private static async Task StopAsync(HttpContext http, CloudMachine machine)
    {
        var signal = MachineProcess.SigInt;
        var timeout = TimeSpan.FromSeconds(5);
        if (http.Request.ContentLength > 0)
        {
            if (await BodyAsync(http) is not { } body) return;
            if ((string?)body["signal"] == "SIGTERM") signal = MachineProcess.SigTerm;
            if ((string?)body["timeout"] is { } text) timeout = TimeSpan.FromSeconds(double.Parse(text.TrimEnd('s'), System.Globalization.CultureInfo.InvariantCulture));
        }

        _ = machine.StopAsync(signal, timeout);
        await FlyAnswer.OkAsync(http);
    }

    private static Task SuspendAsync(HttpContext http, CloudMachine machine)
    {
        if (machine.State != "stopped") return FlyAnswer.ErrorAsync(http, 412, "failed_precondition: this double suspends machines that are stopped");
        machine.Suspend();
        return FlyAnswer.OkAsync(http);
    }

    private static async Task CreateVolumeAsync(HttpContext http, FlyDouble cloud)
    {
        if (await BodyAsync(http) is not { } body) return;
        var volume = new CloudVolume("vol_" + FlyAnswer.Hex(16), (string)body["name"]!, (string)body["region"]!, (int?)body["size_gb"] ?? 1);
        cloud.Volumes[volume.Id] = volume;
        await FlyAnswer.JsonAsync(http, Json(volume, cloud));
    }

    private static JsonObject Json(CloudVolume volume, FlyDouble cloud) => new()
    {
        ["id"] = volume.Id,
        ["name"] = volume.Name,
        ["region"] = volume.Region,
        ["size_gb"] = volume.SizeGB,
        ["state"] = "created",
        ["attached_machine_id"] = cloud.MachineOf(volume),
        ["host_status"] = "ok",
    };
}
