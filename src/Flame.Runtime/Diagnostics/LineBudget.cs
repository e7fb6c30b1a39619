namespace Flame.Diagnostics;

/// <summary>How many lines an executor may log: many at once, and fewer for long. Guarded by its owner.</summary>
internal sealed class LineBudget(TimeProvider time)
{
    /// <summary>Lines at once.</summary>
    public const int Burst = 20_000;

    /// <summary>Lines a second, for as long as it lasts.</summary>
    public const int PerSecond = 2_000;

    private double _left = Burst;
    private long _since = time.GetTimestamp();

    public bool TryTake()
    {
        if (_left < 1) Refill();
        if (_left < 1) return false;
        _left--;
        return true;
    }

    private void Refill()
    {
        var now = time.GetTimestamp();
        _left = Math.Min(Burst, _left + (time.GetElapsedTime(_since, now).TotalSeconds * PerSecond));
        _since = now;
    }
}
