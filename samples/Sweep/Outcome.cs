using System.Text.Json;

namespace Sweep;

/// <summary>What came of all variants.</summary>
internal sealed class Outcome(Run[] runs)
{
    /// <summary>The best of those that were trained to the end.</summary>
    public Run? Best { get; } = runs.Where(run => run.Trained is not null).MaxBy(run => run.Trained!.Right);

    /// <summary>Writes the best model to a folder, and beside it what it is.</summary>
    /// <returns>What the model says of itself, read back from there.</returns>
    public async Task<string> SaveAsync(string folder)
    {
        var (best, trained) = (Best!, Best!.Trained!);
        var file = Path.Combine(Directory.CreateDirectory(folder).FullName, "best.bin");
        await File.WriteAllBytesAsync(file, trained.Model);
        var losses = best.Losses;
        await File.WriteAllTextAsync(
            Path.ChangeExtension(file, ".json"), JsonSerializer.Serialize(new { best.Variant, trained.Right, FirstLoss = losses[0], LastLoss = best.Loss }));
        return $"{file}: {Trainer.Score(best.Variant, await File.ReadAllBytesAsync(file)):P1} right, read back";
    }

    public override string ToString()
    {
        var counts = $"{runs.Length} variants: {Count(State.Done)} trained, {Count(State.Stopped)} stopped early, {Count(State.Failed)} failed, {runs.Sum(run => run.Lost)} begun again";
        return Best is { Trained: { } trained } ? $"{counts}\nThe best is {Best.Variant}: {trained.Right:P1} right" : counts;
    }

    private int Count(State state) => runs.Count(run => run.State == state);
}
