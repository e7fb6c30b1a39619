using System.Text.Json;

namespace Sweep;

/// <summary>What came of all variants.</summary>
internal sealed class Outcome(Run[] runs)
{
    /// <summary>The best of those that were trained to the end.</summary>
    public Run? Best { get; } = runs.Where(run => run.Trained is not null).MaxBy(run => run.Trained!.Right);

    public async Task SaveAsync(string folder)
    {
        if (Best is not { Trained: { } trained }) return;
        Directory.CreateDirectory(folder);
        await File.WriteAllBytesAsync(Path.Combine(folder, "best.bin"), trained.Model);
        await File.WriteAllTextAsync(Path.Combine(folder, "best.json"), JsonSerializer.Serialize(new { Best.Variant, trained.Right }));
    }

    public override string ToString()
    {
        var counts = $"{runs.Length} variants: {Count(State.Done)} trained, {Count(State.Stopped)} stopped early, {Count(State.Failed)} failed, {runs.Sum(run => run.Lost)} begun again";
        return Best is { Trained: { } trained }
            ? $"{counts}\nThe best is {Best.Variant}: {trained.Right:P1} right, and {Trainer.Score(Best.Variant, trained.Model):P1} as it is saved"
            : counts;
    }

    private int Count(State state) => runs.Count(run => run.State == state);
}
