using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Flame;

/// <summary>
/// Reads <c>Flame:Pools:&lt;name&gt;</c> into options. By hand, so that every wrong value is reported at once with its
/// path, and nothing needs reflection.
/// </summary>
internal static class PoolConfiguration
{
    private static readonly Dictionary<string, Func<FlamePoolOptions, string, bool>> Readers = new(StringComparer.OrdinalIgnoreCase)
    {
        [nameof(FlamePoolOptions.Min)] = (o, s) => Int(s, v => o.Min = v),
        [nameof(FlamePoolOptions.Max)] = (o, s) => Int(s, v => o.Max = v),
        [nameof(FlamePoolOptions.MaxConcurrency)] = (o, s) => Int(s, v => o.MaxConcurrency = v),
        [nameof(FlamePoolOptions.Buffer)] = (o, s) => Int(s, v => o.Buffer = v),
        [nameof(FlamePoolOptions.QueueLimit)] = (o, s) => Int(s, v => o.QueueLimit = v),
        [nameof(FlamePoolOptions.IdempotentRetries)] = (o, s) => Int(s, v => o.IdempotentRetries = v),
        [nameof(FlamePoolOptions.MaxPayloadSize)] = (o, s) => Int(s, v => o.MaxPayloadSize = v),
        [nameof(FlamePoolOptions.SingleUse)] = (o, s) => bool.TryParse(s, out var v) && Set(() => o.SingleUse = v),
        [nameof(FlamePoolOptions.IdleShutdownAfter)] = (o, s) => Span(s, v => o.IdleShutdownAfter = v),
        [nameof(FlamePoolOptions.MinIdleShutdownAfter)] = (o, s) => Span(s, v => o.MinIdleShutdownAfter = v),
        [nameof(FlamePoolOptions.Timeout)] = (o, s) => Span(s, v => o.Timeout = v),
        [nameof(FlamePoolOptions.QueueTimeout)] = (o, s) => Span(s, v => o.QueueTimeout = v),
        [nameof(FlamePoolOptions.BootTimeout)] = (o, s) => Span(s, v => o.BootTimeout = v),
        [nameof(FlamePoolOptions.ShutdownTimeout)] = (o, s) => Span(s, v => o.ShutdownTimeout = v),
        [nameof(FlamePoolOptions.CancelGrace)] = (o, s) => Span(s, v => o.CancelGrace = v),
    };

    /// <summary>The sections of pools; whatever stands beside them is a problem.</summary>
    public static IEnumerable<IConfigurationSection> Pools(IConfiguration configuration, IReadOnlyCollection<string> known, List<string> problems)
    {
        var flame = configuration.GetSection("Flame");
        foreach (var setting in flame.GetChildren().Where(s => !s.Key.Equals("Pools", StringComparison.OrdinalIgnoreCase)))
        {
            var meant = known.Contains(setting.Key, StringComparer.OrdinalIgnoreCase)
                ? $" Did you mean {flame.Path}:Pools:{PoolName(setting, known)}?"
                : Meant(setting.Key, ["Pools"], $"{flame.Path}:");
            problems.Add($"FLM1006: {setting.Path} — Flame has no such setting.{meant} Options of a pool stand under {flame.Path}:Pools:<name>.");
        }

        return flame.GetSection("Pools").GetChildren();
    }

    /// <summary>Configuration does not tell upper from lower case, and environment variables are often written in one of them.</summary>
    public static string PoolName(IConfigurationSection section, IEnumerable<string> known) =>
        known.FirstOrDefault(name => name.Equals(section.Key, StringComparison.OrdinalIgnoreCase)) ?? section.Key;

    public static void Apply(IConfigurationSection section, FlamePoolOptions options, List<string> problems)
    {
        if (!string.IsNullOrEmpty(section.Value))
            problems.Add($"FLM1001: {section.Path} — a pool has options and no value of its own: {section.Path}:Max, for example.");

        foreach (var setting in section.GetChildren())
        {
            if (!Readers.TryGetValue(setting.Key, out var read))
                problems.Add($"FLM1002: {setting.Path} — a pool has no such option.{Meant(setting.Key, Readers.Keys)} It has: {string.Join(", ", Readers.Keys.Order(StringComparer.Ordinal))}.");
            else if (setting.Value is not { } value || !read(options, value))
                problems.Add($"FLM1001: {setting.Path} — '{setting.Value}' is not a value for it. Whole numbers, true or false, and times as 00:01:30 or infinite.");
        }
    }

    private static string Meant(string key, IEnumerable<string> names, string path = "") =>
        names.MinBy(name => Edits(key, name)) is { } nearest && Edits(key, nearest) <= 3 ? $" Did you mean {path}{nearest}?" : "";

    private static int Edits(string one, string other)
    {
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 0; i < one.Length; i++)
        {
            var diagonal = row[0]++;
            for (var j = 0; j < other.Length; j++)
            {
                var change = diagonal + (char.ToUpperInvariant(one[i]) == char.ToUpperInvariant(other[j]) ? 0 : 1);
                diagonal = row[j + 1];
                row[j + 1] = Math.Min(change, Math.Min(row[j], diagonal) + 1);
            }
        }

        return row[^1];
    }

    private static bool Int(string text, Action<int> set) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && Set(() => set(value));

    private static bool Span(string text, Action<TimeSpan> set)
    {
        if (text.Equals("infinite", StringComparison.OrdinalIgnoreCase)) return Set(() => set(Timeout.InfiniteTimeSpan));
        return TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var value) && Set(() => set(value));
    }

    private static bool Set(Action set)
    {
        set();
        return true;
    }
}
