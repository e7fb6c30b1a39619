using System.Text.Json;
using Flame.Backends;
using Flame.Fly.Machines;

namespace Flame.Fly.Boots;

/// <summary>The end of a machine in words, from what the API says of it.</summary>
internal static class MachineExit
{
    private const int SignalBase = 128;

    /// <summary>How it ended; <see langword="null"/>: it has not.</summary>
    public static BackendExit? Of(Machine machine, bool keep)
    {
        if (machine.State is MachineState.Failed or "launch_failed") return new BackendExit($"could not be started (state {machine.State})");
        var rests = machine.State == MachineState.Stopped;
        if (!MachineState.IsGone(machine.State) && !rests) return null;

        // The newest first: behind a later start, an exit is that of an earlier executor.
        var last = machine.Events?.FirstOrDefault(e => e.Type == "exit" || (keep && e.Type is "start" or "update"));
        if (last is { Type: "exit" }) return Of(last);
        return rests && keep ? null : new BackendExit(rests ? "stopped" : machine.Events?.Any(e => e.Status == "launch_failed") == true ? "could not be started (launch_failed)" : "was destroyed");
    }

    private static BackendExit Of(MachineEvent last)
    {
        var exit = Find(last.Request);
        if (Flag(exit, "oom_killed")) return new BackendExit("was killed: out of memory (oom_killed). Give the pool more (Resources:MemoryMiB)");
        var asked = Flag(exit, "requested_stop") ? ", as it was told to stop" : "";
        var signal = Number(exit, "guest_signal") is > 0 and var inside ? inside : Number(exit, "signal");
        var code = signal > 0 ? SignalBase + signal : Number(exit, "guest_exit_code") is not 0 and var guest ? guest : Number(exit, "exit_code");
        return new BackendExit($"{ExitReason.Describe(code, outOfMemory: false, [])}{Meaning(code)}{asked}");
    }

    // The codes of an executor. What it printed is in Fly's logs, so the words that it had for them are not at hand.
    private static string Meaning(int code) => code switch
    {
        70 => " (FLAME_PARENT is malformed)",
        71 => " (the parent refused it)",
        72 => " (it did not reach its parent: FLM2105)",
        73 => " (its parent was gone)",
        74 => " (a call was stuck)",
        75 => " (an enter hook failed: FLM2106)",
        _ => "",
    };

    // Two places are known for it, and more may come.
    private static JsonElement? Find(JsonElement? request)
    {
        if (request is not { ValueKind: JsonValueKind.Object } element) return null;
        if (element.TryGetProperty("exit_event", out var exit)) return exit;
        return element.TryGetProperty("MonitorEvent", out var monitor) && monitor.ValueKind == JsonValueKind.Object && monitor.TryGetProperty("exit_event", out exit) ? exit : null;
    }

    private static bool Flag(JsonElement? exit, string name) =>
        exit is { ValueKind: JsonValueKind.Object } element && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    private static int Number(JsonElement? exit, string name) =>
        exit is { ValueKind: JsonValueKind.Object } element && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : 0;
}
