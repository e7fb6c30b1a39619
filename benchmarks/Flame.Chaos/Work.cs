namespace Flame.Chaos;

/// <summary>What executors do in a round: each run leaves a line, so that the runs of a call can be counted afterwards.</summary>
public static class Work
{
    [Flame(Pool = "work")]
    public static async Task<int> OnceAsync(int call, int milliseconds, CancellationToken ct)
    {
        Diary.Write($"ran {call}");
        await Task.Delay(milliseconds, ct);
        return call;
    }

    [Flame(Pool = "work", Idempotent = true)]
    public static async Task<int> AgainAsync(int call, int milliseconds, CancellationToken ct)
    {
        Diary.Write($"ran {call}");
        await Task.Delay(milliseconds, ct);
        return call;
    }
}
