namespace MyApp;

[MemoryPackable]
public partial record Loss(int Step, double Value);

public static class Training
{
    [Flame(Pool = "gpu")]
    public static Task<double> Train(double rate, IProgress<Loss> losses, CancellationToken ct = default, IProgress<string?>? words = null) => Task.FromResult(rate);

    public static async Task Use(IProgress<Loss> losses)
    {
        await Train(0.1, losses);
        await Training.Remote.Train(0.1, losses);
    }
}
