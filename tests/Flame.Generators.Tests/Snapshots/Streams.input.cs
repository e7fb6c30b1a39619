using System.Runtime.CompilerServices;

namespace MyApp;

[MemoryPackable]
public partial record Loss(int Step, double Value);

public static class Training
{
    [Flame(Pool = "gpu")]
    public static async IAsyncEnumerable<Loss> Train(double rate, [EnumeratorCancellation] CancellationToken ct = default)
    {
        await Task.Yield();
        yield return new Loss(1, rate);
    }

    public static async Task Use()
    {
        await foreach (var loss in Train(0.1)) _ = loss;
        await foreach (var loss in Training.Remote.Train(0.1)) _ = loss;
    }
}
