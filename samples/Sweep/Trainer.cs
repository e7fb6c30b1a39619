using Flame;
using MemoryPack;
using TorchSharp;
using static TorchSharp.torch;

namespace Sweep;

/// <summary>What one training of many does otherwise than the others.</summary>
[MemoryPackable]
internal sealed partial record Variant(int Number, double Rate, int Width, int Heads, int Batch, int Seed)
{
    public override string ToString() => $"{Number:00} rate {Rate:0.#####} width {Width} batch {Batch}";
}

/// <summary>How wrong the model was in one step; a point of the curve that the dashboard draws.</summary>
/// <param name="Step">The step, from one on.</param>
/// <param name="Value">The loss in it.</param>
/// <param name="Mean">That of the last steps: single ones jump, and what is drawn is this.</param>
[MemoryPackable]
internal sealed partial record Loss(int Step, double Value, double Mean) : IFlamePoint
{
    double? IFlamePoint.X => Step;

    double IFlamePoint.Y => Mean;
}

/// <summary>What came of a training.</summary>
/// <param name="Right">The part of reviews never seen that it gets right.</param>
/// <param name="Model">The weights.</param>
[MemoryPackable]
internal sealed partial record Trained(double Right, byte[] Model);

internal static class Trainer
{
    private const int Seen = 4_000;
    private const int Unseen = 1_000;
    private const int Smoothed = 20;

    /// <summary>Trains one variant on its executor, with a processor, or with the graphics card that its machine has.</summary>
    [Flame(Pool = "trainers")]
    public static async Task<Trained> TrainAsync(Variant variant, int steps, IProgress<Loss> losses, CancellationToken ct)
    {
        await Task.Yield();
        set_num_threads(1);
        manual_seed(variant.Seed);
        var device = cuda.is_available() ? CUDA : CPU;
        using var model = new Classifier(variant.Width, variant.Heads).to(device);
        using var optimizer = optim.AdamW(model.parameters(), variant.Rate);
        using var scorer = nn.CrossEntropyLoss();
        var (words, answers) = Reviews(Seen, seed: 1, device);
        var mean = Math.Log(2);   // a guess
        for (var step = 1; step <= steps; step++)
        {
            ct.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var some = randint(0, Seen, [variant.Batch], device: device);
            var loss = scorer.call(model.call(words[some]), answers[some]);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            var value = loss.item<float>();
            mean += (value - mean) / Smoothed;
            losses.Report(new Loss(step, value, mean));
        }

        return new Trained(Score(model, device), Bytes(model));
    }

    /// <summary>The part of reviews never seen that a saved model gets right.</summary>
    public static double Score(Variant variant, byte[] saved)
    {
        using var model = new Classifier(variant.Width, variant.Heads);
        using var stream = new MemoryStream(saved);
        model.load(stream);
        return Score(model, CPU);
    }

    private static double Score(Classifier model, Device device)
    {
        using var scope = NewDisposeScope();
        using var still = no_grad();
        var (words, answers) = Reviews(Unseen, seed: 2, device);
        model.eval();
        return model.call(words).argmax(1).eq(answers).mean([0], type: ScalarType.Float64).item<double>();
    }

    private static (Tensor Words, Tensor Answers) Reviews(int count, int seed, Device device)
    {
        var (words, answers) = Corpus.Make(count, seed);
        return (tensor(words, [count, Corpus.Length], device: device), tensor(answers, device: device));
    }

    private static byte[] Bytes(Classifier model)
    {
        using var stream = new MemoryStream();
        model.save(stream);
        return stream.ToArray();
    }
}
