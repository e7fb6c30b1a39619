using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Flame.Doubles.Fly;

/// <summary>The long poll.</summary>
internal static class FlyWait
{
    private static readonly string[] s_states = ["started", "stopped", "suspended", "destroyed", "failed", "settled"];
    private static readonly string[] s_settled = ["started", "stopped", "suspended", "destroyed", "failed"];

    public static async Task WaitAsync(HttpContext http, CloudMachine machine)
    {
        var query = http.Request.Query;
        var wanted = query.TryGetValue("state", out var given) ? given.SelectMany(s => s!.Split(',')).ToArray() : ["started"];
        var version = (string?)query["version"] ?? query["instance_id"];
        if (!int.TryParse((string?)query["timeout"] ?? "60", NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) || seconds is < 1 or > 60)
            await FlyAnswer.ErrorAsync(http, 400, "invalid_argument: invalid WaitMachineRequest.Timeout: value must be inside range [1s, 1m0s]");
        else if (wanted.Except(s_states).Any())
            await FlyAnswer.ErrorAsync(http, 400, "invalid_argument: invalid WaitMachineRequest.State");
        else if (wanted.Contains("stopped") && version is null)
            await FlyAnswer.ErrorAsync(http, 400, "instance_id required when waiting for stopped machine");
        else if (version is not null && !machine.HasVersion(version))
            await FlyAnswer.ErrorAsync(http, 404, "machine version not found");
        else
            await WaitAsync(http, machine, wanted, TimeSpan.FromSeconds(seconds));
    }

    private static async Task WaitAsync(HttpContext http, CloudMachine machine, string[] wanted, TimeSpan timeout)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        patience.CancelAfter(timeout);
        try
        {
            await machine.WhenAsync(m => IsReached(m.State, wanted) || m.State == "destroyed", patience.Token);
        }
        catch (OperationCanceledException) when (!http.RequestAborted.IsCancellationRequested)
        {
        }

        var state = machine.State;
        if (IsReached(state, wanted)) await FlyAnswer.JsonAsync(http, new JsonObject { ["ok"] = true, ["state"] = state, ["version"] = machine.InstanceId });
        else if (state == "destroyed") await FlyAnswer.NoMachineAsync(http, machine.Id);
        else await FlyAnswer.ErrorAsync(http, 408, $"deadline_exceeded: machine failed to reach desired state, {string.Join(',', wanted)}, currently {state}");
    }

    private static bool IsReached(string state, string[] wanted) => wanted.Contains(state) || (wanted.Contains("settled") && s_settled.Contains(state));
}
