using System.Globalization;
using Flame;
using Microsoft.ML.OnnxRuntime;
using Thumbnails;

namespace Stills;

/// <summary>An image classifier: any that was exported to ONNX and takes pictures as numbers of [1, 3, height, width]. Thread-safe.</summary>
public sealed class Classifier : IDisposable
{
    private const int HeightAndWidthOfMost = 224;
    private const int Told = 3;

    private readonly InferenceSession _session;
    private readonly string _input;
    private readonly int _height;
    private readonly int _width;
    private readonly float[] _mean;
    private readonly float[] _deviation;
    private readonly string[] _labels;

    /// <summary>Loads the model, which takes seconds for a large one.</summary>
    public Classifier(ModelFiles files)
    {
        // Executors share the machine: a thread that spins while it waits takes from the others.
        using var options = new SessionOptions();
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        _session = new InferenceSession(files.Path, options);
        (_input, var input) = _session.InputMetadata.First();
        if (input.Dimensions is not [_, 3 or <= 0, var height, var width] || input.ElementDataType != Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Float)
            throw new InvalidDataException($"{files.Path}: its input '{input}' is not float [1, 3, height, width]");

        // An axis that may have any length is less than 1.
        (_height, _width) = (height > 0 ? height : HeightAndWidthOfMost, width > 0 ? width : HeightAndWidthOfMost);
        (_mean, _deviation) = files.Normalisation();
        _labels = files.Labels(Scores(new float[3 * _height * _width]).Length);
        Console.WriteLine($"loaded a model for {_width} × {_height} with {_labels.Length} labels");
    }

    /// <summary>Before an executor's first call: to be given the model is to have it loaded, once, for all calls to come.</summary>
    [FlameEnter]
    public static void Load(Classifier model) => ArgumentNullException.ThrowIfNull(model);

    /// <summary>Says what is on a picture, the likeliest first.</summary>
    public async Task<Guess[]> LookAsync(byte[] picture, CancellationToken ct)
    {
        string scale = string.Create(CultureInfo.InvariantCulture, $"scale={_width}:{_height}");
        var pixels = await Ffmpeg.RunAsync("ffmpeg", ["-v", "error", "-f", "mjpeg", "-i", "pipe:0", "-vf", scale, "-f", "rawvideo", "-pix_fmt", "rgb24", "pipe:1"], ct, picture);
        var scores = Scores(Planes(pixels));
        return [.. scores.Index().OrderByDescending(score => score.Item).Take(Told).Select(score => new Guess(_labels[score.Index], score.Item))];
    }

    public void Dispose() => _session.Dispose();

    // From one pixel behind the other to one colour behind the other.
    private float[] Planes(byte[] pixels)
    {
        var size = _height * _width;
        var planes = new float[3 * size];
        for (var i = 0; i < planes.Length; i++)
            planes[i] = (pixels[(i % size * 3) + (i / size)] / 255f - _mean[i / size]) / _deviation[i / size];
        return planes;
    }

    private float[] Scores(float[] planes)
    {
        using var tensor = OrtValue.CreateTensorValueFromMemory(planes, [1, 3, _height, _width]);
        using var options = new RunOptions();
        using var outputs = _session.Run(options, [_input], [tensor], [_session.OutputNames[0]]);
        var scores = outputs[0].GetTensorDataAsSpan<float>().ToArray();

        // Many models leave the last step to who uses them.
        if (scores.All(score => score >= 0) && Math.Abs(scores.Sum() - 1) < 0.01) return scores;
        var powers = scores.Select(score => MathF.Exp(score - scores.Max())).ToArray();
        return [.. powers.Select(power => power / powers.Sum())];
    }
}
