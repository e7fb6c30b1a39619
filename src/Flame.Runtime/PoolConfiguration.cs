using Flame.Backends;
using Microsoft.Extensions.Configuration;

namespace Flame;

/// <summary>Reads <c>Flame</c>: <c>Pools:&lt;name&gt;</c>, the default <c>Backend</c>, and a section for each backend.</summary>
internal sealed class PoolConfiguration(IConfiguration configuration, IReadOnlyDictionary<string, BackendChoice> backends, List<string> problems)
{
    private const string Pools = "Pools";
    private const string Backend = "Backend";

    private static readonly OptionTable<FlameResources> s_resources = new OptionTable<FlameResources>("the resources of a pool")
        .Number(nameof(FlameResources.Cpus), (o, v) => o.Cpus = v)
        .Whole(nameof(FlameResources.MemoryMiB), (o, v) => o.MemoryMiB = v)
        .Whole(nameof(FlameResources.Gpus), (o, v) => o.Gpus = v)
        .Text(nameof(FlameResources.GpuKind), (o, v) => o.GpuKind = v);

    public static readonly OptionTable<FlamePoolOptions> PoolTable = new OptionTable<FlamePoolOptions>("a pool")
        .Whole(nameof(FlamePoolOptions.Min), (o, v) => o.Min = v)
        .Whole(nameof(FlamePoolOptions.Max), (o, v) => o.Max = v)
        .Whole(nameof(FlamePoolOptions.MaxConcurrency), (o, v) => o.MaxConcurrency = v)
        .Whole(nameof(FlamePoolOptions.Buffer), (o, v) => o.Buffer = v)
        .Whole(nameof(FlamePoolOptions.QueueLimit), (o, v) => o.QueueLimit = v)
        .Whole(nameof(FlamePoolOptions.IdempotentRetries), (o, v) => o.IdempotentRetries = v)
        .Whole(nameof(FlamePoolOptions.MaxPayloadSize), (o, v) => o.MaxPayloadSize = v)
        .Flag(nameof(FlamePoolOptions.SingleUse), (o, v) => o.SingleUse = v)
        .Span(nameof(FlamePoolOptions.IdleShutdownAfter), (o, v) => o.IdleShutdownAfter = v)
        .Span(nameof(FlamePoolOptions.MinIdleShutdownAfter), (o, v) => o.MinIdleShutdownAfter = v)
        .Span(nameof(FlamePoolOptions.Timeout), (o, v) => o.Timeout = v)
        .Span(nameof(FlamePoolOptions.QueueTimeout), (o, v) => o.QueueTimeout = v)
        .Span(nameof(FlamePoolOptions.BootTimeout), (o, v) => o.BootTimeout = v)
        .Span(nameof(FlamePoolOptions.ShutdownTimeout), (o, v) => o.ShutdownTimeout = v)
        .Span(nameof(FlamePoolOptions.CancelGrace), (o, v) => o.CancelGrace = v)
        .Below(nameof(FlamePoolOptions.Resources), s_resources, o => o.Resources)
        .Text(Backend, static (_, _) => { });

    /// <summary>The backend of every pool that names none, if configuration says one.</summary>
    public string? DefaultBackend => BackendOf(configuration.GetSection("Flame"));

    /// <summary>The sections of pools; whatever else stands beside them is a problem.</summary>
    public IEnumerable<IConfigurationSection> Sections(IReadOnlyCollection<string> known)
    {
        var flame = configuration.GetSection("Flame");
        foreach (var setting in flame.GetChildren())
        {
            if (Is(setting.Key, Pools) || Is(setting.Key, Backend)) continue;
            if (backends.TryGetValue(setting.Key, out var backend) && backend.HasSettings)
            {
                backend.Read(setting, pool: null, problems);
                continue;
            }

            var meant = known.Contains(setting.Key, StringComparer.OrdinalIgnoreCase)
                ? $" Did you mean {flame.Path}:{Pools}:{PoolName(setting, known)}?"
                : NearName.Meant(setting.Key, [Pools, Backend, .. backends.Where(b => b.Value.HasSettings).Select(b => b.Key)], $"{flame.Path}:");
            problems.Add($"FLM1006: {setting.Path} — Flame has no such setting.{meant} Options of a pool stand under {flame.Path}:{Pools}:<name>.");
        }

        return flame.GetSection(Pools).GetChildren();
    }

    /// <summary>Configuration does not tell upper from lower case, and environment variables are often written in one of them.</summary>
    public static string PoolName(IConfigurationSection section, IEnumerable<string> known) =>
        known.FirstOrDefault(name => Is(name, section.Key)) ?? section.Key;

    /// <summary>Whether a section of pools has no name, as <c>Flame__Pools____Max</c> makes one. That is a problem.</summary>
    public bool IsNameless(IConfigurationSection section)
    {
        if (!string.IsNullOrWhiteSpace(section.Key)) return false;
        problems.Add($"FLM1006: {section.Path} — a pool needs a name. Its options stand under Flame:{Pools}:<name>, for example Flame:{Pools}:gpu:Max.");
        return true;
    }

    /// <summary>Reads one pool.</summary>
    /// <returns>The backend that it names, if any.</returns>
    public string? Apply(IConfigurationSection section, string pool, FlamePoolOptions options)
    {
        PoolTable.Apply(section, options, problems, key => backends.TryGetValue(key, out var backend) && backend.HasSettings);
        foreach (var (name, backend) in backends)
        {
            if (backend.HasSettings && section.GetSection(name) is var own && own.Exists()) backend.Read(own, pool, problems);
        }

        return BackendOf(section);
    }

    /// <summary>Reads one pool again, on top of what the program says; what belongs to its backend stays as it is.</summary>
    public void ApplyAgain(string pool, FlamePoolOptions options) => PoolTable.Apply(
        configuration.GetSection($"Flame:{Pools}:{pool}"), options, problems, key => backends.TryGetValue(key, out var backend) && backend.HasSettings);

    private string? BackendOf(IConfigurationSection section)
    {
        var setting = section.GetSection(Backend);
        if (setting.Value is not { } name || backends.ContainsKey(name)) return setting.Value;
        problems.Add($"FLM1007: {setting.Path} — this program has no backend '{name}'.{NearName.Meant(name, backends.Keys)} It has: {string.Join(", ", backends.Keys.Order(StringComparer.Ordinal))}. A backend of a package is added in code, for example with UseKubernetes().");
        return null;
    }

    private static bool Is(string one, string other) => one.Equals(other, StringComparison.OrdinalIgnoreCase);
}
