using Microsoft.Extensions.Configuration;

namespace Flame.Backends;

/// <summary>A backend that pools and configuration can name.</summary>
internal class BackendChoice(FlameBackend backend)
{
    public FlameBackend Backend => backend;

    /// <summary>Whether configuration has a section of its name.</summary>
    public virtual bool HasSettings => false;

    /// <summary>Reads the section of all pools, or of one.</summary>
    public virtual void Read(IConfigurationSection section, string? pool, List<string> problems)
    {
    }
}

/// <summary>One with options: those of all pools, and those of one pool on top. Configuration wins over code, and a pool over all.</summary>
internal sealed class BackendChoice<TOptions>(FlameBackend backend, BackendOptions<TOptions> options, OptionTable<TOptions> table) : BackendChoice(backend)
    where TOptions : class, new()
{
    public BackendOptions<TOptions> Options => options;

    public override bool HasSettings => true;

    public override void Read(IConfigurationSection section, string? pool, List<string> problems)
    {
        // Once to find what is wrong, and again for every pool's own copy.
        table.Apply(section, new TOptions(), problems);
        options.Add(pool, isConfiguration: true, o => table.Apply(section, o, []));
    }
}

/// <summary>What was said about a backend's options, to be said again for each pool. Not thread-safe; complete once the pools are built.</summary>
internal sealed class BackendOptions<TOptions> where TOptions : class, new()
{
    private FlameBackend? _backend;
    private readonly List<(string? Pool, bool IsConfiguration, Action<TOptions> Set)> _steps = [];

    /// <summary>Whose they are.</summary>
    public FlameBackend Backend
    {
        get => _backend!;
        set => _backend ??= value;
    }

    public void Add(string? pool, bool isConfiguration, Action<TOptions>? set)
    {
        if (set is not null) _steps.Add((pool, isConfiguration, set));
    }

    /// <summary>The options of a pool, or those of all.</summary>
    public TOptions Of(string? pool)
    {
        var options = new TOptions();
        foreach (var step in _steps.OrderBy(s => s.Pool is not null).ThenBy(s => s.IsConfiguration))
        {
            if (step.Pool is null || step.Pool.Equals(pool, StringComparison.OrdinalIgnoreCase)) step.Set(options);
        }

        return options;
    }
}
