namespace Flame.Pooling;

/// <summary>How long a pool waits before it boots again, after boots that failed. Part of the pool's state.</summary>
internal sealed class BootBackoff
{
    private static readonly long First = TimeSpan.FromMilliseconds(250).Ticks;
    private static readonly long Longest = TimeSpan.FromSeconds(30).Ticks;

    private int _countedUpTo;

    public int FailuresInARow { get; private set; }

    /// <summary>No boot before this instant.</summary>
    public long Until { get; private set; } = long.MinValue;

    /// <param name="slot">What failed.</param>
    /// <param name="newest">The highest number of a boot so far.</param>
    /// <param name="jitter">In [0, 1).</param>
    /// <param name="now">The instant.</param>
    public void Failed(ExecutorSlot slot, int newest, double jitter, long now)
    {
        // Boots that were under way together fail for one reason: they are one failure, whatever their number.
        if (slot.Number <= _countedUpTo) return;
        _countedUpTo = newest;
        FailuresInARow++;
        var wait = Math.Min(Longest, First << Math.Min(FailuresInARow - 1, 20));
        Until = now + (long)(wait * (0.5 + (0.5 * jitter)));
    }

    public void Succeeded(ExecutorSlot slot, long now)
    {
        slot.ReadySince = now;
        slot.FailuresBefore = FailuresInARow;
        FailuresInARow = 0;
        _countedUpTo = 0;
        Until = long.MinValue;
    }

    /// <summary>
    /// The executor is lost, and nobody had told it to go. Up, and gone again before its first call: its boot was no success, and booting on
    /// at full speed would not end.
    /// </summary>
    public void Left(ExecutorSlot slot, int newest, double jitter, long now)
    {
        if (slot.Phase != ExecutorPhase.Ready || slot.Used || now - slot.ReadySince >= Longest) return;
        FailuresInARow = Math.Max(FailuresInARow, slot.FailuresBefore);
        Failed(slot, newest, jitter, now);
    }
}
