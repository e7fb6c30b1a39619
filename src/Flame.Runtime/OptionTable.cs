using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Flame;

/// <summary>
/// Reads a section of configuration into options. By hand, so that every wrong value is reported at once with its path,
/// and nothing needs reflection.
/// </summary>
/// <param name="owner">Whose options they are, for the errors: <c>a pool</c>.</param>
internal sealed class OptionTable<TOptions>(string owner)
{
    private readonly Dictionary<string, Action<IConfigurationSection, TOptions, List<string>>> _readers = new(StringComparer.OrdinalIgnoreCase);

    private readonly Dictionary<string, Func<TOptions, string, bool>> _values = new(StringComparer.OrdinalIgnoreCase);

    public IEnumerable<string> Names => _readers.Keys.Order(StringComparer.Ordinal);

    public OptionTable<TOptions> Whole(string name, Action<TOptions, int> set) => Value(name, (o, s) =>
        int.TryParse(s, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && Done(() => set(o, value)));

    public OptionTable<TOptions> Number(string name, Action<TOptions, double> set) => Value(name, (o, s) =>
        double.TryParse(s, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && Done(() => set(o, value)));

    public OptionTable<TOptions> Flag(string name, Action<TOptions, bool> set) => Value(name, (o, s) =>
        bool.TryParse(s, out var value) && Done(() => set(o, value)));

    public OptionTable<TOptions> Text(string name, Action<TOptions, string> set) => Value(name, (o, s) => Done(() => set(o, s)));

    public OptionTable<TOptions> Span(string name, Action<TOptions, TimeSpan> set) => Value(name, (o, s) =>
        s.Equals("infinite", StringComparison.OrdinalIgnoreCase) ? Done(() => set(o, Timeout.InfiniteTimeSpan))
        : TimeSpan.TryParse(s, CultureInfo.InvariantCulture, out var value) && Done(() => set(o, value)));

    /// <summary>Anything that one text says; <paramref name="read"/> tells whether it did.</summary>
    public OptionTable<TOptions> Value(string name, Func<TOptions, string, bool> read)
    {
        _values.Add(name, read);
        return Add(name, (section, options, problems) =>
        {
            if (section.Value is not { } value || !read(options, value)) problems.Add(NoValue(section.Path, section.Value));
        });
    }

    /// <summary>One option, from a text that stands in no configuration; <paramref name="path"/> is for the errors.</summary>
    public void Apply(string name, string text, string path, TOptions options, List<string> problems)
    {
        if (!_values.TryGetValue(name, out var read))
            problems.Add($"FLM1002: {path} — {owner} has no such option.{NearName.Meant(name, _readers.Keys)} It has: {string.Join(", ", Names)}.");
        else if (!read(options, text))
            problems.Add(NoValue(path, text));
    }

    /// <summary>Texts in their order, <c>Hosts:0</c>, <c>Hosts:1</c>; or one text with commas. They replace what the program has set.</summary>
    public OptionTable<TOptions> Texts(string name, Func<TOptions, IList<string>> list) => Add(name, (section, options, problems) =>
    {
        var target = list(options);
        target.Clear();
        foreach (var text in section.Value?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? []) target.Add(text);
        if (!string.IsNullOrEmpty(section.Value)) return;
        foreach (var setting in section.GetChildren())
        {
            if (HasValue(setting, problems)) target.Add(setting.Value!);
        }
    });

    /// <summary>Texts by name, <c>Labels:team</c>. They are added to what the program has set.</summary>
    public OptionTable<TOptions> Map(string name, Func<TOptions, IDictionary<string, string>> map) => Add(name, (section, options, problems) =>
    {
        if (!string.IsNullOrEmpty(section.Value)) problems.Add($"FLM1001: {section.Path} — it has names and values and no value of its own: {section.Path}:<name>.");
        foreach (var setting in section.GetChildren())
        {
            if (HasValue(setting, problems)) map(options)[setting.Key] = setting.Value!;
        }
    });

    /// <summary>Options below an option.</summary>
    public OptionTable<TOptions> Below<TInner>(string name, OptionTable<TInner> table, Func<TOptions, TInner> inner) => Add(name, (section, options, problems) =>
        table.Apply(section, inner(options), problems));

    public void Apply(IConfigurationSection section, TOptions options, List<string> problems, Predicate<string>? isElsewhere = null)
    {
        if (!string.IsNullOrEmpty(section.Value))
            problems.Add($"FLM1001: {section.Path} — {owner} has options and no value of its own: {section.Path}:{Names.First()}, for example.");

        foreach (var setting in section.GetChildren())
        {
            if (isElsewhere?.Invoke(setting.Key) == true) continue;
            if (_readers.TryGetValue(setting.Key, out var read)) read(setting, options, problems);
            else problems.Add($"FLM1002: {setting.Path} — {owner} has no such option.{NearName.Meant(setting.Key, _readers.Keys)} It has: {string.Join(", ", Names)}.");
        }
    }

    // One that only has others below it was meant for something else.
    private static bool HasValue(IConfigurationSection section, List<string> problems)
    {
        if (section.Value is null) problems.Add($"FLM1001: {section.Path} — it has no value.");
        return section.Value is not null;
    }

    private static string NoValue(string path, string? value) =>
        $"FLM1001: {path} — '{value}' is not a value for it. Whole numbers, true or false, and times as 00:01:30 or infinite.";

    private OptionTable<TOptions> Add(string name, Action<IConfigurationSection, TOptions, List<string>> read)
    {
        _readers.Add(name, read);
        return this;
    }

    private static bool Done(Action set)
    {
        set();
        return true;
    }
}
