using Flame.Diagnostics;
using Flame.Observation;
using Microsoft.Extensions.Configuration;

namespace Flame.Tuning;

/// <summary>
/// What the options of a running pool are made of: what the program says, what configuration says on top, and what was set while it ran on top of
/// both. Other options take the place of the pool's as a whole, or not at all. Thread-safe.
/// </summary>
/// <param name="pool">The pool.</param>
/// <param name="code">What the program says.</param>
/// <param name="configuration">What is read; <see langword="null"/>: nothing is.</param>
/// <param name="read">Reads configuration on top of options, and adds what is wrong with it.</param>
/// <param name="isInExecutor">Whether it is a pool of an executor, which has no minimum of its own.</param>
internal sealed class PoolTuning(
    FlamePool pool, FlamePoolOptions code, IConfiguration? configuration, Action<FlamePoolOptions, List<string>> read, bool isInExecutor)
{
    private readonly Lock _gate = new();
    private Dictionary<string, (string Text, string From)> _set = new(StringComparer.OrdinalIgnoreCase);
    private FlamePoolOptions _configured = pool.Options;
    private string _toldLater = "";

    /// <summary>Configuration has changed. What is wrong with it is logged, and then all stays as it was.</summary>
    public void Reload()
    {
        lock (_gate)
        {
            var problems = new List<string>();
            var configured = code.Copy();
            read(configured, problems);
            if (isInExecutor) configured.Min = 0;
            if (TryChange(configured, _set, problems)) TellLater(string.Join(", ", PoolOption.Differing(pool.Options, configured).Where(static option => !option.IsLive).Select(static option => option.Name)));
            else FlameLog.ReloadRefused(pool.Log, pool.Name, string.Join(' ', problems));
        }
    }

    /// <summary>Sets options for as long as the process lives; an empty text takes back what was set.</summary>
    /// <param name="values">Texts, as configuration would say them.</param>
    /// <param name="by">Who sets them.</param>
    /// <returns>What is wrong; then none of them is set.</returns>
    public string[] Set(IReadOnlyDictionary<string, string> values, string by)
    {
        lock (_gate)
        {
            var problems = new List<string>();
            var from = $"{by}, {pool.Time.GetLocalNow():HH:mm:ss}";
            var set = new Dictionary<string, (string Text, string From)>(_set, StringComparer.OrdinalIgnoreCase);
            foreach (var (name, text) in values)
            {
                if (PoolOption.Find(name) is { IsLive: true } option)
                {
                    if (text.Length == 0) set.Remove(option.Name);
                    else set[option.Name] = (text, from);
                }
                else
                {
                    problems.Add(Fixed(name));
                }
            }

            return problems.Count == 0 && TryChange(_configured, set, problems) ? [] : [.. problems];
        }
    }

    /// <summary>Sets what <paramref name="change"/> makes different.</summary>
    public string[] Update(Action<FlamePoolOptions> change)
    {
        lock (_gate)
        {
            var next = pool.Options.Copy();
            change(next);
            var values = PoolOption.Differing(pool.Options, next).ToDictionary(static option => option.Name, option => option.Text(next));
            foreach (var callback in OtherCallbacks(next)) values[callback] = "";
            return Set(values, "code");
        }
    }

    /// <summary>Each option, and who said so.</summary>
    public OptionView[] Explain()
    {
        lock (_gate)
        {
            var (running, configured, defaults) = (pool.Options, code.Copy(), new FlamePoolOptions());
            var problems = new List<string>();
            read(configured, problems);
            return
            [
                .. PoolOption.All.Select(option => new OptionView(option.Name, option.Text(running), From(option, running, configured, defaults, problems), option.IsLive)),
                new OptionView("Backend", pool.Backend.Name, FromOfBackend(), IsLive: false),
            ];
        }
    }

    private bool TryChange(FlamePoolOptions configured, Dictionary<string, (string Text, string From)> set, List<string> problems)
    {
        var next = configured.Copy();
        foreach (var (name, (text, _)) in set) PoolConfiguration.PoolTable.Apply(name, text, PathOf(name), next, problems);
        PoolValidation.Check(pool.Name, next, problems);
        next = next.InPlaceOf(pool.Options);
        if (problems.Count == 0) PoolValidation.Check(pool.Name, next, problems);
        if (problems.Count > 0) return false;

        (_configured, _set) = (configured, set);
        Change(next);
        return true;
    }

    private void Change(FlamePoolOptions next)
    {
        var before = pool.Options;
        var changed = PoolOption.Differing(before, next).ToArray();
        if (changed.Length == 0) return;
        pool.Reconfigure(next);
        var from = Explain().ToDictionary(static view => view.Name, static view => view.From);
        FlameLog.Reconfigured(pool.Log, pool.Name, string.Join(", ", changed.Select(option => $"{option.Name} {option.Text(before)} → {option.Text(next)} ({from[option.Name]})")));
    }

    private void TellLater(string later)
    {
        if (later.Length > 0 && later != _toldLater) FlameLog.FromNextStart(pool.Log, pool.Name, later);
        _toldLater = later;
    }

    private string From(PoolOption option, FlamePoolOptions running, FlamePoolOptions configured, FlamePoolOptions defaults, List<string> problems)
    {
        if (_set.TryGetValue(option.Name, out var set)) return set.From;
        if (isInExecutor && option.Name == nameof(FlamePoolOptions.Min)) return "pools of an executor have none";
        var value = option.Text(running);
        var origin = ConfigurationOrigin.Of(configuration, PathOf(option.Name));
        if (value != option.Text(configured) || problems.Exists(problem => problem.Contains($"{PathOf(option.Name)} — ", StringComparison.OrdinalIgnoreCase)))
            return $"before configuration changed: {origin?.Name ?? "it"} now says {origin?.Text ?? "nothing"}, {(option.IsLive ? "which was refused" : "from the next start on")}";
        return origin?.Name ?? (option.Text(code) == option.Text(defaults) ? "default" : "code");
    }

    private string FromOfBackend() =>
        (ConfigurationOrigin.Of(configuration, PathOf("Backend")) ?? ConfigurationOrigin.Of(configuration, "Flame:Backend"))?.Name ?? (pool.Backend is Backends.LocalProcessBackend ? "default" : "code");

    private IEnumerable<string> OtherCallbacks(FlamePoolOptions next)
    {
        if (next.OnGrowStart != pool.Options.OnGrowStart) yield return nameof(next.OnGrowStart);
        if (next.OnGrowEnd != pool.Options.OnGrowEnd) yield return nameof(next.OnGrowEnd);
        if (next.OnShrink != pool.Options.OnShrink) yield return nameof(next.OnShrink);
    }

    private string Fixed(string name)
    {
        var live = PoolOption.All.Where(static option => option.IsLive).Select(static option => option.Name).ToArray();
        var known = PoolOption.Find(name) is not null || name.StartsWith("OnGrow", StringComparison.Ordinal) || name == nameof(FlamePoolOptions.OnShrink) || name.Equals("Backend", StringComparison.OrdinalIgnoreCase);
        return known
            ? $"FLM1015: {PathOf(name)} — a pool keeps it for as long as it lives. Say it in code or configuration, and start the program again. While a pool lives, these can change: {string.Join(", ", live)}."
            : $"FLM1002: {PathOf(name)} — a pool has no such option.{NearName.Meant(name, live)} While it lives, these can change: {string.Join(", ", live)}.";
    }

    private string PathOf(string option) => $"Flame:Pools:{pool.Name}:{option}";
}
