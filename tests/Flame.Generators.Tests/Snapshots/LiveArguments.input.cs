namespace MyApp;

[MemoryPackable]
public partial record Loss(int Step, double Value);

public static class Training
{
    [Flame(Pool = "gpu")]
    public static Task<double> Train(double rate, IProgress<Loss> losses, CancellationToken ct = default, IProgress<string?>? words = null) => Task.FromResult(rate);

    [Flame(Pool = "gpu")]
    public static async IAsyncEnumerable<Loss> Follow(IAsyncEnumerable<(int Step, string?[] Words)> steps, IAsyncEnumerable<Loss>? more = null)
    {
        await foreach (var (step, _) in steps) yield return new Loss(step, 0);
    }

    [Flame(Pool = "gpu")]
    public static Task<long> Load(System.IO.Stream @checked, string name, System.IO.Stream? log = null) => Task.FromResult(0L);

    [Flame(Pool = "gpu")]
    public static Task Plain(int a) => Task.CompletedTask;

    public static async Task Use(IProgress<Loss> losses)
    {
        await Train(0.1, losses);
        await Training.Remote.Train(0.1, losses);
    }
}
