namespace Flame.Soak;

/// <summary>How long, how hard, and from which seed.</summary>
/// <param name="Duration">Under load, without the end.</param>
/// <param name="Seed">Of all that is random.</param>
/// <param name="Callers">Of each parent.</param>
/// <param name="LargestMiB">Of a payload.</param>
/// <param name="Keep">Whether what was written down is kept.</param>
internal sealed record SoakOptions(TimeSpan Duration, int Seed, int Callers, int LargestMiB, bool Keep)
{
    /// <summary>When memory is measured first: by then everything has happened that is kept for good, compiled code above all.</summary>
    public TimeSpan WarmUp => Duration / 4 < s_longestWarmUp ? Duration / 4 : s_longestWarmUp;

    /// <summary>Whether there is too little time for memory to settle: then only what is grossly more is a leak.</summary>
    public bool IsShort => Duration < TimeSpan.FromMinutes(15);

    private static readonly TimeSpan s_longestWarmUp = TimeSpan.FromMinutes(8);
}
