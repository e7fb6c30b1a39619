using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Flame.Doubles.Fly;

/// <summary>What an image holds: a program of this host.</summary>
public sealed record MachineProgram(string Path, params string[] Arguments);

/// <summary>A call that the double answered.</summary>
public sealed record FlyCall(string Action, string Subject, string Method, string Path, int Status, DateTimeOffset At);

/// <summary>A volume.</summary>
public sealed record CloudVolume(string Id, string Name, string Region, int SizeGB);

/// <summary>
/// Stands in for the Machines API of Fly with one application: the protocol on loopback, real processes as machines, and
/// faults by script. Thread-safe.
/// </summary>
public sealed class FlyDouble : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, CloudMachine> _machines = new();
    private WebApplication? _server;
    private int _port;

    private FlyDouble(int seed) => Faults = new FlyFaults(seed);

    public string App => "double";

    /// <summary>The only token that is accepted; a macaroon, so it must come under its own scheme.</summary>
    public string Token { get; } = "fm2_" + FlyAnswer.Hex(32);

    public string Address => $"http://127.0.0.1:{_port}";

    /// <summary>What is in the registry.</summary>
    public ConcurrentDictionary<string, MachineProgram> Images { get; } = new();

    /// <summary>The application's secrets: in the environment of every machine.</summary>
    public ConcurrentDictionary<string, string> Secrets { get; } = new();

    /// <summary>How many machines a region has room for; one that is not here has room for all.</summary>
    public ConcurrentDictionary<string, int> Capacity { get; } = new();

    public ConcurrentDictionary<string, CloudVolume> Volumes { get; } = new();

    public FlyFaults Faults { get; }

    /// <summary>Whether calls beyond the published limits are answered 429.</summary>
    public bool HasLimits { get; set; } = true;

    /// <summary>All machines that there ever were.</summary>
    public ICollection<CloudMachine> Machines => _machines.Values;

    public IEnumerable<CloudMachine> Live => _machines.Values.Where(m => m.IsLive);

    public ConcurrentQueue<FlyCall> Calls { get; } = new();

    /// <summary>What machines print: what <c>fly logs</c> would show.</summary>
    public ConcurrentQueue<string> Output { get; } = new();

    internal FlyLimits Limits { get; } = new();

    public static async Task<FlyDouble> StartAsync(int seed = 1)
    {
        var cloud = new FlyDouble(seed);
        await cloud.ComeBackAsync();
        return cloud;
    }

    public CloudMachine? Find(string id) => _machines.GetValueOrDefault(id);

    /// <summary>From now on connections are refused. Machines go on.</summary>
    public async Task GoDownAsync()
    {
        if (_server is { } server) await server.DisposeAsync();
        _server = null;
    }

    /// <summary>Listens again, under the same address.</summary>
    public async Task ComeBackAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls($"http://127.0.0.1:{_port}").UseShutdownTimeout(TimeSpan.Zero);
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        _server = builder.Build();
        FlyApi.Map(_server, this);
        await _server.StartAsync();
        var bound = _server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        _port = BindingAddress.Parse(bound).Port;
    }

    public string? MachineOf(CloudVolume volume) =>
        Live.FirstOrDefault(m => m.Config["mounts"] is JsonArray mounts && mounts.Any(mount => (string?)mount!["volume"] == volume.Id))?.Id;

    public async ValueTask DisposeAsync()
    {
        await GoDownAsync();
        foreach (var machine in _machines.Values) await machine.EndAsync();
    }

    /// <summary>A machine that somebody else made: it is as if it had been created.</summary>
    public CloudMachine Plant(JsonObject config, string region = "ams", string? name = null)
    {
        var machine = Add(name ?? FlyAnswer.Hex(12), region, config);
        _ = machine.LaunchAsync(MachineFault.None);
        return machine;
    }

    internal CloudMachine Add(string name, string region, JsonObject config)
    {
        var machine = new CloudMachine(this, name, region, config);
        _machines[machine.Id] = machine;
        return machine;
    }

    internal MachineProcess Boot(CloudMachine machine)
    {
        var program = Images[(string)machine.Config["image"]!];
        var env = new Dictionary<string, string>(Secrets)
        {
            ["FLY_APP_NAME"] = App,
            ["FLY_MACHINE_ID"] = machine.Id,
            ["FLY_ALLOC_ID"] = machine.Id,
            ["FLY_REGION"] = machine.Region,
            ["FLY_IMAGE_REF"] = (string)machine.Config["image"]!,
            ["FLY_MACHINE_VERSION"] = machine.InstanceId,
            ["FLY_PRIVATE_IP"] = "::1",
            ["FLY_VM_MEMORY_MB"] = machine.Config["guest"]?["memory_mb"]?.ToString() ?? "256",
        };
        foreach (var (key, value) in machine.Config["env"] as JsonObject ?? []) env[key] = (string)value!;
        var init = machine.Config["init"] as JsonObject;
        if (Texts(init?["exec"]) is [var path, .. var rest]) program = new MachineProgram(path, rest);
        else if (Texts(init?["cmd"]) is { Length: > 0 } cmd) program = program with { Arguments = cmd };
        return MachineProcess.Start(program.Path, program.Arguments, env, line => Output.Enqueue($"{machine.Id} {line}"));
    }

    private static string[] Texts(JsonNode? node) => node is JsonArray array ? [.. array.Select(item => (string)item!)] : [];

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
