using System.Globalization;

namespace Flame.Telemetry;

/// <summary>Where the time of one boot went, as far as anybody knows.</summary>
/// <param name="Schedule">Until a place was found: a node, a machine.</param>
/// <param name="Image">From there until the process began: the image, the start of the container.</param>
/// <param name="Runtime">From there until it began to dial: the runtime, and what the program does before it is an executor.</param>
/// <param name="Connect">Until it was connected.</param>
/// <param name="Enter">From there until it took calls: enter hooks and hosted services.</param>
internal readonly record struct BootParts(TimeSpan? Schedule, TimeSpan? Image, TimeSpan? Runtime, TimeSpan? Connect, TimeSpan? Enter)
{
    /// <summary>The parts that are known, in their order.</summary>
    public IEnumerable<(string Name, TimeSpan Took)> Known()
    {
        if (Schedule is { } schedule) yield return ("schedule", schedule);
        if (Image is { } image) yield return ("image", image);
        if (Runtime is { } runtime) yield return ("runtime", runtime);
        if (Connect is { } connect) yield return ("connect", connect);
        if (Enter is { } enter) yield return ("enter", enter);
    }

    /// <summary>For people: <c>runtime 84 ms, connect 3 ms, enter 0 ms</c>.</summary>
    public override string ToString() => string.Join(", ", Known().Select(static part => string.Create(CultureInfo.InvariantCulture, $"{part.Name} {part.Took.TotalMilliseconds:0} ms")));
}
