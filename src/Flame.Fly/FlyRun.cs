using Flame.Backends;
using Flame.Fly.Boots;
using Flame.Fly.Machines;
using Flame.Wire;
using Microsoft.Extensions.Logging;

namespace Flame.Fly;

/// <summary>What the boots of one pool have in common during one run of the parent.</summary>
internal sealed class FlyRun
{
    private static readonly string[] s_inherited = ["DOTNET_ENVIRONMENT", "ASPNETCORE_ENVIRONMENT"];

    public FlyRun(FlyOptions options, FlyEnvironment fly, BackendOpening opening, string pool, MachinesClient client)
    {
        Options = options;
        Pool = pool;
        Time = opening.Time;
        Log = opening.Loggers.CreateLogger("Flame.Fly");
        Id = opening.Run;
        Image = options.Image ?? fly.Image!;
        Regions = options.Regions.Count > 0 ? [.. options.Regions] : [fly.Region];
        Parent = ParentProcess.This(fly);
        Inherited = [.. s_inherited.Where(name => fly[name] is not null).Select(name => KeyValuePair.Create(name, fly[name]!))];
        Client = client;
        Removals = new Removals(this);
        Kept = new KeptMachines(this);
    }

    /// <summary>Names the program: only machines of the same one can be started again.</summary>
    public static string Build => BuildId.Current.Hash;

    public FlyOptions Options { get; }

    public string Pool { get; }

    public TimeProvider Time { get; }

    public ILogger Log { get; }

    /// <summary>Names this run of the parent.</summary>
    public string Id { get; }

    public string Image { get; }

    /// <summary>In the order to try; <see langword="null"/> lets Fly choose.</summary>
    public IReadOnlyList<string?> Regions { get; }

    public ParentProcess Parent { get; }

    /// <summary>What the machines get of the parent's environment.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Inherited { get; }

    public MachinesClient Client { get; }

    /// <summary>What is still to be removed.</summary>
    public Removals Removals { get; }

    public KeptMachines Kept { get; }
}
