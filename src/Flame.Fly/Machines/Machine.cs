using System.Text.Json;
using System.Text.Json.Serialization;

namespace Flame.Fly.Machines;

/// <summary>A machine as the API tells of it. What is unknown is ignored, and nearly everything may be missing.</summary>
internal sealed record Machine
{
    public string Id { get; init; } = "";

    public string Name { get; init; } = "";

    /// <summary>One of two dozen words, and Fly may add more: only <see cref="MachineState"/> judges it.</summary>
    public string State { get; init; } = "";

    public string? Region { get; init; }

    /// <summary>Names the version of the machine; an update makes a new one.</summary>
    public string? InstanceId { get; init; }

    public string? PrivateIp { get; init; }

    public string? HostStatus { get; init; }

    public string? UpdatedAt { get; init; }

    public MachineFacts? Config { get; init; }

    /// <summary>Stands in for <see cref="Config"/> while the machine's host does not answer.</summary>
    public MachineFacts? IncompleteConfig { get; init; }

    /// <summary>The newest first.</summary>
    public IReadOnlyList<MachineEvent>? Events { get; init; }

    public string? Metadata(string key) => (Config ?? IncompleteConfig)?.Metadata?.GetValueOrDefault(key);

    // What a record prints by default would hold the configuration.
    public override string ToString() => $"machine {Id} ({State})";
}

/// <summary>What is read of a machine's configuration.</summary>
internal sealed record MachineFacts(string? Image, Dictionary<string, string>? Metadata, GuestConfig? Guest, IReadOnlyList<MountConfig>? Mounts = null)
{
    public override string ToString() => nameof(MachineFacts);
}

/// <summary>Something that happened to a machine.</summary>
internal sealed record MachineEvent(string? Type, string? Status, string? Source, long Timestamp, JsonElement? Request);

/// <summary>The answer to a lease, in its envelope.</summary>
internal sealed record LeaseAnswer(string? Status, LeaseData? Data, string? Nonce);

/// <summary>A lease.</summary>
internal sealed record LeaseData(string? Nonce);

/// <summary>A volume of the application.</summary>
internal sealed record Volume(string Id, string? Name, string? Region, string? State, string? AttachedMachineId, string? HostStatus);

/// <summary>How the API says that something went wrong.</summary>
internal sealed record ErrorBody
{
    public JsonElement? Error { get; init; }

    public JsonElement? Message { get; init; }

    public JsonElement? Status { get; init; }
}

/// <summary>What a machine's state means to a pool.</summary>
internal static class MachineState
{
    public const string Destroyed = "destroyed";
    public const string Stopped = "stopped";
    public const string Suspended = "suspended";
    public const string Failed = "failed";

    /// <summary>Whether nothing is left of it, or soon.</summary>
    public static bool IsGone(string state) => state is Destroyed or "destroying" or "migrated";

    /// <summary>Whether it rests, and costs only its disk.</summary>
    public static bool Rests(string state) => state is Stopped or Suspended;
}

/// <summary>Reads and writes the API's JSON without reflection. Nulls are left out: the published document forbids them.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, NumberHandling = JsonNumberHandling.AllowReadingFromString)]
[JsonSerializable(typeof(Machine))]
[JsonSerializable(typeof(List<Machine>))]
[JsonSerializable(typeof(MachineRequest))]
[JsonSerializable(typeof(StopBody))]
[JsonSerializable(typeof(LeaseBody))]
[JsonSerializable(typeof(LeaseAnswer))]
[JsonSerializable(typeof(List<Volume>))]
[JsonSerializable(typeof(Volume))]
[JsonSerializable(typeof(VolumeRequest))]
[JsonSerializable(typeof(ExecBody))]
[JsonSerializable(typeof(ExecAnswer))]
[JsonSerializable(typeof(ErrorBody))]
[JsonSerializable(typeof(JsonElement))]
internal sealed partial class MachinesJson : JsonSerializerContext;
