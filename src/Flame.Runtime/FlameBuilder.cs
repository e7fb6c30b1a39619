using System.Diagnostics.CodeAnalysis;
using Flame.Backends;
using Flame.CompilerServices;
using Flame.Links;
using Flame.Progress;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Flame;

/// <summary>Declares the pools of a process and what they run on. Not thread-safe; used at start only.</summary>
public sealed class FlameBuilder
{
    private readonly Dictionary<string, DeclaredPool> _pools = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, BackendChoice> _choices = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, FlamePoolOptions> _code = new(StringComparer.OrdinalIgnoreCase);
    private FlameBackend? _backend;
    private bool _isConfigured;

    internal FlameBuilder() => _choices["local"] = new BackendChoice(new LocalProcessBackend());

    /// <summary>Where plain calls to marked methods run. Default: <see cref="FlameMode.Remote"/>.</summary>
    public FlameMode Mode { get; set; }

    /// <summary>
    /// Whether an executor has pools too: the same ones, with a <see cref="FlamePoolOptions.Min"/> of 0, made when it first
    /// asks for them and drained before it ends. Default: no. Plain calls and blocks inside an executor stay there in
    /// any case; <c>Type.Remote</c>, <c>Cast</c>, <c>Spawn</c> and <see cref="FlameCaller.Remote"/> go to its pools.
    /// </summary>
    public bool PoolsInExecutors { get; set; }

    /// <summary>
    /// What is written to standard error while a map or a boot takes longer than a second: how far it is, and what is waited for. <c>FLAME_PROGRESS</c>
    /// (<c>auto</c>, <c>plain</c>, <c>off</c>) in the environment wins. Default: <see cref="FlameProgress.Auto"/>: on a terminal only.
    /// </summary>
    public FlameProgress Progress { get; set; }

    /// <summary>The clock of everything that waits. Default: <see cref="TimeProvider.System"/>.</summary>
    public TimeProvider Time { get; set; } = TimeProvider.System;

    /// <summary>What stock executors get beside the program itself. Of no meaning where executors have the program already.</summary>
    public FlameCodeOptions Code { get; } = new();

    /// <summary>
    /// Whether this process listens on a socket in a directory of its user alone, for the <c>flame</c> tool of that user. Default: yes. Executors never do, and a
    /// process that cannot says so in its log and starts all the same.
    /// </summary>
    public bool Control { get; set; } = true;

    /// <summary>What executors dial; <see langword="null"/>: a socket of this machine. A backend's own carrier comes first.</summary>
    internal LinkCarrier? Carrier
    {
        get;
        set => Know(field = value);
    }

    /// <summary>What an executor can dial: the parent may have told it any of them.</summary>
    internal List<LinkCarrier> Carriers { get; } = [new SocketCarrier(), new SocketCarrier(useTcp: true)];

    /// <summary>What pools are read from; <see langword="null"/>: there is none.</summary>
    internal IConfiguration? Configuration { get; private set; }

    private FlameBackend DefaultBackend => _backend ?? _choices["local"].Backend;

    /// <summary>Where progress is written, if not where the program and its environment say.</summary>
    internal Func<(ProgressLines? Lines, string? Wrong)>? ProgressOutput { get; set; }

    internal TimeSpan Heartbeat { get; set; } = TimeSpan.FromSeconds(5);

    // Made when asked for: an executor never does.
    internal ExceptionRebuilder Exceptions => field ??= new();

    internal List<Func<IServiceProvider, object>> ExecutorServices { get; } = [];

    /// <summary>Declares a pool, or sets more of one that is declared. Configuration under <c>Flame:Pools:&lt;name&gt;</c> wins over code.</summary>
    /// <param name="name">The name that <see cref="FlameAttribute.Pool"/> uses; case does not matter, as in configuration.</param>
    /// <param name="configure">Sets its options.</param>
    /// <param name="backend">Where its executors live; <see langword="null"/>: the default of this process.</param>
    /// <returns>This builder.</returns>
    public FlameBuilder AddPool(string name, Action<FlamePoolOptions>? configure = null, FlameBackend? backend = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        var known = _pools.GetValueOrDefault(name) ?? new DeclaredPool(name, new FlamePoolOptions(), null);
        configure?.Invoke(known.Options);
        _pools[name] = known with { Backend = backend ?? known.Backend };
        Know(backend?.Carrier);
        return this;
    }

    /// <summary>Sets where executors live by default. Without it: processes on this machine.</summary>
    /// <param name="backend">The backend.</param>
    /// <returns>This builder.</returns>
    public FlameBuilder UseBackend(FlameBackend backend)
    {
        ArgumentNullException.ThrowIfNull(backend);
        _backend = backend;
        Know(backend.Carrier);
        return this;
    }

    /// <summary>Has an exception type of the application thrown to the caller as itself when a method threw it on an executor.</summary>
    /// <typeparam name="TException">The type, exactly.</typeparam>
    /// <param name="rebuild">Makes it from what came over the link.</param>
    /// <returns>This builder.</returns>
    public FlameBuilder RebuildException<TException>(Func<RemoteException, TException> rebuild) where TException : Exception
    {
        Exceptions.Add(rebuild);
        return this;
    }

    /// <summary>
    /// Has a hosted service of the application run in executors too; without it none does. Those that are named start in
    /// this order before the enter hooks and stop backwards after the exit hooks, with the steps of
    /// <c>IHostedLifecycleService</c> in the order of a host.
    /// </summary>
    /// <typeparam name="TService">What <c>AddHostedService</c> was given; it implements <c>IHostedService</c>.</typeparam>
    /// <returns>This builder.</returns>
    public FlameBuilder RunInExecutors<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TService>() where TService : class
    {
        // A hosted service is mostly registered as that alone; to ask for all of them would make the others too.
        ExecutorServices.Add(static services => services.GetService<TService>() ?? ActivatorUtilities.CreateInstance<TService>(services));
        return this;
    }

    /// <summary>The options of a backend that pools and configuration can name; it is made when it is first spoken of.</summary>
    internal BackendOptions<TOptions> BackendOptions<TOptions>(Func<BackendOptions<TOptions>, FlameBackend> make, OptionTable<TOptions> table, bool isDefault)
        where TOptions : class, new()
    {
        var choice = _choices.Values.OfType<BackendChoice<TOptions>>().SingleOrDefault();
        if (choice is null)
        {
            var options = new BackendOptions<TOptions>();
            options.Backend = make(options);
            choice = new BackendChoice<TOptions>(options.Backend, options, table);
            _choices[choice.Backend.Name] = choice;
            Know(choice.Backend.Carrier);
        }

        if (isDefault) _backend = choice.Backend;
        return choice.Options;
    }

    private void Know(LinkCarrier? carrier)
    {
        if (carrier is not null && !Carriers.Contains(carrier)) Carriers.Add(carrier);
    }

    internal void UseConfiguration(IConfiguration configuration) => Configuration = configuration;

    /// <summary>The declared and configured pools, and those that marked methods name.</summary>
    /// <exception cref="OptionsValidationException">Every problem of every pool, at once.</exception>
    internal IReadOnlyList<BuiltPool> BuildPools()
    {
        // Executors that share the process ask when they like.
        lock (_pools) return Build();
    }

    private BuiltPool[] Build()
    {
        // A block that names its pool at run time belongs to none.
        var named = MethodTable.Snapshot().Where(m => m.Pool is not null).ToArray();
        AddPool(FlamePoolOptions.DefaultPoolName);
        if (_pools.Count == 1)
        {
            // Nothing is declared: every pool that a method names exists with the defaults.
            foreach (var method in named) AddPool(method.Pool!);
        }

        var problems = new List<string>();
        if (Configuration is not null && !_isConfigured) Configure(new PoolConfiguration(Configuration, _choices, problems), [.. _pools.Keys, .. named.Select(m => m.Pool!)]);

        foreach (var pool in _pools.Values) PoolValidation.Check(pool.Name, pool.Options, problems);
        foreach (var method in named.Where(m => !_pools.ContainsKey(m.Pool!)))
            problems.Add($"FLM1005: {method.Name} names pool '{method.Pool}', which is not declared. Add it with AddPool(\"{method.Pool}\") or under Flame:Pools:{method.Pool}.");
        if (problems.Count > 0) throw new OptionsValidationException("Flame", typeof(FlamePoolOptions), problems);

        // Executors that share the process build them again, while backends read what was said.
        _isConfigured = true;
        return [.. _pools.Values.Select(p => new BuiltPool(p.Name, p.Options, _code.GetValueOrDefault(p.Name) ?? p.Options, p.Backend ?? DefaultBackend))];
    }

    /// <summary>Reads a pool of this process again, on top of what the program says.</summary>
    internal void ConfigureAgain(string pool, FlamePoolOptions options, List<string> problems)
    {
        if (Configuration is not null) new PoolConfiguration(Configuration, _choices, problems).ApplyAgain(pool, options);
    }

    private void Configure(PoolConfiguration configured, string[] known)
    {
        if (configured.DefaultBackend is { } name && _choices.TryGetValue(name, out var choice)) _backend = choice.Backend;
        foreach (var section in configured.Sections(known))
        {
            var pool = PoolConfiguration.PoolName(section, known);
            if (configured.IsNameless(section)) continue;
            AddPool(pool);
            _code[pool] = _pools[pool].Options.Copy();
            if (configured.Apply(section, pool, _pools[pool].Options) is { } backend && _choices.TryGetValue(backend, out var own)) AddPool(pool, backend: own.Backend);
        }
    }
}
