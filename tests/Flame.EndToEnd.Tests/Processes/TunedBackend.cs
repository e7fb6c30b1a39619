using Flame.Backends;

namespace Flame.EndToEnd.Tests.Processes;

/// <summary>A backend with an option of each kind, that boots nothing.</summary>
internal sealed class TunedBackend(BackendOptions<TunedOptions> options) : FlameBackend
{
    public override string Name => "tuned";

    public TunedOptions Of(string? pool) => options.Of(pool);

    public override Task<BackendExecutor> StartAsync(BootRequest request, CancellationToken ct) => throw new BackendException("it boots nothing", permanent: true);
}

internal sealed class TunedOptions
{
    public int Retries { get; set; } = 1;

    public double Share { get; set; }

    public bool Verbose { get; set; }

    public string? Region { get; set; }

    public TimeSpan Patience { get; set; }

    public IList<string> Hosts { get; } = ["before"];

    public IDictionary<string, string> Labels { get; } = new Dictionary<string, string> { ["before"] = "there" };

    public InnerOptions Inner { get; } = new();

    public static OptionTable<TunedOptions> Table { get; } = new OptionTable<TunedOptions>("the tuned backend")
        .Whole(nameof(Retries), (o, v) => o.Retries = v)
        .Number(nameof(Share), (o, v) => o.Share = v)
        .Flag(nameof(Verbose), (o, v) => o.Verbose = v)
        .Text(nameof(Region), (o, v) => o.Region = v)
        .Span(nameof(Patience), (o, v) => o.Patience = v)
        .Texts(nameof(Hosts), o => o.Hosts)
        .Map(nameof(Labels), o => o.Labels)
        .Below(nameof(Inner), new OptionTable<InnerOptions>("its inside").Whole(nameof(InnerOptions.Depth), (o, v) => o.Depth = v), o => o.Inner);

    internal sealed class InnerOptions
    {
        public int Depth { get; set; }
    }
}

internal static class TunedBackendExtensions
{
    /// <summary>As a package's own method does it: for all pools, or for one.</summary>
    public static FlameBuilder UseTuned(this FlameBuilder builder, Action<TunedOptions>? configure = null, string? pool = null, bool isDefault = false)
    {
        var options = builder.BackendOptions<TunedOptions>(o => new TunedBackend(o), TunedOptions.Table, isDefault);
        options.Add(pool, isConfiguration: false, configure);
        return builder;
    }
}
