using Flame.Backends;
using Flame.Fly.Boots;
using Flame.Fly.Machines;
using Flame.Links;
using Microsoft.Extensions.Logging;

namespace Flame.Fly;

/// <summary>
/// Executors are Fly Machines of the parent's own image, made through the Machines API and gone when idle. They dial the
/// parent inside the private network. Thread-safe.
/// </summary>
internal sealed class FlyBackend : FlameBackend
{
    private static readonly TimeSpan s_rightsPatience = TimeSpan.FromSeconds(10);

    private readonly BackendOptions<FlyOptions> _options;
    private readonly FlyEnvironment _fly;
    private readonly FlyCarrier _carrier;
    private readonly Dictionary<string, FlyRun> _runs = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<MachinesClient> _clients = [];

    public FlyBackend(BackendOptions<FlyOptions> options, FlyEnvironment fly)
    {
        _options = options;
        _fly = fly;
        _carrier = new FlyCarrier(() => _options.Of(null), fly);
    }

    public override string Name => "fly";

    internal override LinkCarrier Carrier => _carrier;

    // Fly tells of an end a moment after it.
    internal override TimeSpan ReasonPatience => TimeSpan.FromSeconds(5);

    public override async Task OpenAsync(BackendOpening opening, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(opening);
        if (!IsFine(opening)) return;
        foreach (var pool in opening.Pools)
        {
            var options = _options.Of(pool.Name);
            var run = _runs[pool.Name] = new FlyRun(options, _fly, opening, pool.Name, ClientOf(options, opening));
            if (pool.Options.Max > pool.Options.BootTimeout.TotalSeconds) FlyLog.SlowGrowth(run.Log, pool.Name, pool.Options.Max, pool.Options.BootTimeout.TotalSeconds);
        }

        foreach (var client in _clients) await LookAroundAsync(client, opening, ct).ConfigureAwait(false);
    }

    internal override async Task<string> CheckAsync(BackendOpening opening, CancellationToken ct)
    {
        if (!IsFine(opening)) return "";
        var run = _runs[opening.Pools[0].Name];
        using var patience = new CancellationTokenSource(s_rightsPatience, opening.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, ct);
        try
        {
            await run.Client.ListAsync([KeyValuePair.Create(FlyMarks.Runtime, FlyMarks.RuntimeValue)], both.Token).ConfigureAwait(false);
        }
        catch (MachinesException e) when (e.IsPermanent)
        {
            opening.Problem(MayNotList(run.Client, e));
        }

        return $"the token may list the machines of application {run.Client.App}";
    }

    public override async Task<BackendExecutor> StartAsync(BootRequest request, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(request);
        var run = _runs[request.Pool];
        var machine = await new MachineBoot(run, request).RunAsync(ct).ConfigureAwait(false);
        return new FlyExecutor(run, machine, request);
    }

    public override async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_runs.Values.Select(run => run.Removals.DisposeAsync().AsTask())).ConfigureAwait(false);
        foreach (var run in _runs.Values) run.Kept.Dispose();
        foreach (var client in _clients) client.Dispose();
        _runs.Clear();
        _clients.Clear();
        await base.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Says what is wrong: once where all pools share it, else for the pool.</summary>
    private bool IsFine(BackendOpening opening)
    {
        const string All = "Flame:Fly";
        var shared = new FlyCheck(_options.Of(null), _fly, All).Problems();
        var said = new HashSet<string>(StringComparer.Ordinal);
        foreach (var pool in opening.Pools)
        {
            var own = $"Flame:Pools:{pool.Name}:Fly";
            var check = new FlyCheck(_options.Of(pool.Name), _fly, own);
            foreach (var problem in check.Problems())
            {
                var general = problem.Replace(own, All, StringComparison.Ordinal);
                said.Add(shared.Contains(general) ? general : problem);
            }

            said.UnionWith(check.ProblemsOf(pool));
        }

        foreach (var problem in said) opening.Problem(problem);
        return said.Count == 0;
    }

    // Pools of one application share its limits.
    private MachinesClient ClientOf(FlyOptions options, BackendOpening opening)
    {
        var app = options.App ?? _fly.App!;
        var host = FlyCheck.Host(options.ApiHost)!;
        var token = FlyToken.Parse(options.Token ?? _fly.Token)!;
        if (_clients.Find(c => c.App == app && c.IsAt(host, token)) is { } known) return known;
        var client = new MachinesClient(host, app, token, opening.Time, opening.Loggers.CreateLogger("Flame.Fly"));
        _clients.Add(client);
        return client;
    }

    /// <summary>Lists what is there: whoever may not do that may do nothing, and what a dead parent left is removed.</summary>
    private async Task LookAroundAsync(MachinesClient client, BackendOpening opening, CancellationToken ct)
    {
        var runs = _runs.Values.Where(run => run.Client == client).ToArray();
        using var patience = new CancellationTokenSource(s_rightsPatience, opening.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, ct);
        try
        {
            var found = await client.ListAsync([KeyValuePair.Create(FlyMarks.Runtime, FlyMarks.RuntimeValue)], both.Token).ConfigureAwait(false);
            if (found.Count > 0) runs[0].Removals.Track("leftovers", sweep => new Sweep(runs).RunAsync(found, sweep));
        }
        catch (MachinesException e) when (e.IsPermanent)
        {
            opening.Problem(MayNotList(client, e));
        }
        catch (Exception e) when (e is MachinesException or OperationCanceledException && !ct.IsCancellationRequested)
        {
            // The API may be back before the first boot gives up.
            FlyLog.SweepFailed(runs[0].Log, e is MachinesException ? e.Message : "Fly's API did not answer");
        }
    }

    private static string MayNotList(MachinesClient client, MachinesException e) =>
        $"FLM1124: Flame:Fly:Token — the token may not list the machines of application '{client.App}'. It must be one for this application (fly tokens create deploy -a {client.App}). {e.Message}";
}
