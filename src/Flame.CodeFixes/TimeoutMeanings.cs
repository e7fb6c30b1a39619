using System.Globalization;
using System.Text.RegularExpressions;

namespace Flame.CodeFixes;

/// <summary>The times that people mean by texts that are no <see cref="TimeSpan"/>.</summary>
internal static class TimeoutMeanings
{
    private const decimal Second = TimeSpan.TicksPerSecond;
    private const decimal Minute = TimeSpan.TicksPerMinute;
    private const decimal Hour = TimeSpan.TicksPerHour;

    private static readonly Regex s_quantity = new(@"^(\d{1,9}(?:\.\d{1,7})?)\s*([a-z]*)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);
    private static readonly Regex s_clock = new(@"^(\d{1,6}):(\d{1,6}):(\d{1,6})$", RegexOptions.CultureInvariant);

    /// <summary>The likeliest first; none if the text means no time above zero.</summary>
    public static IEnumerable<TimeSpan> Of(string text) =>
        TicksOf(text.Trim()).Where(ticks => ticks >= 1 && ticks <= TimeSpan.MaxValue.Ticks).Select(ticks => TimeSpan.FromTicks((long)ticks));

    private static IEnumerable<decimal> TicksOf(string text)
    {
        // 00:90:00 and 24:00:00 are refused because their parts are too large, and plain all the same.
        if (s_clock.Match(text) is { Success: true } clock)
            return [(Number(clock, 1) * Hour) + (Number(clock, 2) * Minute) + (Number(clock, 3) * Second)];
        if (s_quantity.Match(text) is not { Success: true } quantity) return [];

        var number = Number(quantity, 1);
        return quantity.Groups[2].Value.ToLowerInvariant() switch
        {
            "" => Bare(number),
            "ms" or "msec" or "millisecond" or "milliseconds" => [number * TimeSpan.TicksPerMillisecond],
            "s" or "sec" or "secs" or "second" or "seconds" => [number * Second],
            "m" or "min" or "mins" or "minute" or "minutes" => [number * Minute],
            "h" or "hour" or "hours" => [number * Hour],
            "d" or "day" or "days" => [number * TimeSpan.TicksPerDay],
            _ => [],
        };
    }

    // A number without a unit is in seconds, unless it is so small for minutes, or so large for milliseconds, that these are likely too.
    private static IEnumerable<decimal> Bare(decimal number)
    {
        yield return number * Second;
        if (number * Minute <= TimeSpan.TicksPerDay) yield return number * Minute;
        if (number >= 1000) yield return number * TimeSpan.TicksPerMillisecond;
    }

    private static decimal Number(Match match, int group) => decimal.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);
}
