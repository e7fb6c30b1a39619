using System.Runtime.CompilerServices;
using Flame.Executor.Tests.InProcess;

namespace Flame.Executor.Tests.Observation;

[MemoryPack.MemoryPackable]
public sealed partial record Loss(int Step, double Value) : IFlamePoint
{
    double? IFlamePoint.X => Step;

    double IFlamePoint.Y => Value;
}

/// <summary>Methods that give numbers, and stay at a gate when they have given them.</summary>
internal static class Training
{
    [Flame(Pool = "test")]
    public static async IAsyncEnumerable<Loss> LossesAsync(int count, string gate, [FromServices] Gates gates, [EnumeratorCancellation] CancellationToken ct)
    {
        for (var step = 0; step < count; step++) yield return new Loss(step * 10, 1.0 / (step + 1));
        await gates[gate].PassAsync(ct);
    }

    [Flame(Pool = "test")]
    public static async IAsyncEnumerable<string> WordsAsync(int count)
    {
        await Task.Yield();
        for (var i = 0; i < count; i++) yield return $"{i}";
    }

    [Flame(Pool = "test")]
    public static async Task ReportAsync(double[] values, string gate, [FromServices] Gates gates, IProgress<double> progress, CancellationToken ct)
    {
        foreach (var value in values) progress.Report(value);
        await gates[gate].PassAsync(ct);
    }

    [Flame(Pool = "test")]
    public static Task OpenAsync(string user, string password, [FlameHidden] string where, int[] floors) => throw new InvalidDataException("no such vault");
}
