namespace Flame;

/// <summary>
/// An item of a stream, or a report of progress, that says where it is on a curve, so that it is drawn as one while it comes. Numbers and pairs of
/// numbers (<c>(int, double)</c>: X and Y) need nothing for that.
/// </summary>
public interface IFlamePoint
{
    /// <summary>Where: a step, an epoch, a time. <see langword="null"/>: one further than the last.</summary>
    double? X { get; }

    /// <summary>The value. One that is not finite is left out.</summary>
    double Y { get; }
}
