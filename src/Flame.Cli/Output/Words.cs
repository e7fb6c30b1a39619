using System.Globalization;

namespace Flame.Cli.Output;

/// <summary>How figures and other people's text are shown.</summary>
internal static class Words
{
    /// <summary>Text for a line of a terminal: it could move the cursor otherwise.</summary>
    public static string Clean(string? text) =>
        text is null ? "-" : text.Length == 0 ? "-" : text.Any(char.IsControl) ? string.Concat(text.Select(static c => char.IsControl(c) ? ' ' : c)) : text;

    /// <summary>The lines of a text, each clean.</summary>
    public static IEnumerable<string> Lines(string text) => text.Split('\n').Select(static line => line.Trim().Length == 0 ? "" : Clean(line.TrimEnd('\r')));

    public static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>A stretch of time: <c>84ms</c>, <c>6.1s</c>, <c>2m10s</c>, <c>3h05m</c>.</summary>
    public static string Time(double? seconds) => seconds switch
    {
        null => "-",
        < 0.9995 => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1000:0}ms"),
        < 60 => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0}s"),
        < 3600 => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(seconds.Value / 60):0}m{Math.Floor(seconds.Value % 60):00}s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(seconds.Value / 3600):0}h{Math.Floor(seconds.Value % 3600 / 60):00}m"),
    };

    public static string Memory(long? bytes) => bytes is { } number ? string.Create(CultureInfo.InvariantCulture, $"{number / 1048576.0:0}MiB") : "-";

    public static string Cpu(double? processors) => processors is { } used ? string.Create(CultureInfo.InvariantCulture, $"{used * 100:0}%") : "-";

    public static string Clock(DateTimeOffset at) => at.ToLocalTime().ToString("HH:mm:ss", CultureInfo.InvariantCulture);
}
