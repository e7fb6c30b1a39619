using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Stills;

/// <summary>A model and what lies beside it, as exporters leave it.</summary>
/// <param name="Path">The model.</param>
/// <param name="IsOurs">Whether it is the small one that this program makes.</param>
public sealed record ModelFiles(string Path, bool IsOurs)
{
    // What classifiers were mostly trained with, where they do not say so themselves.
    private static readonly float[] s_imageNetMean = [0.485f, 0.456f, 0.406f];
    private static readonly float[] s_imageNetDeviation = [0.229f, 0.224f, 0.225f];

    /// <summary>Its labels: <c>labels.txt</c>, one on each line, or <c>id2label</c> of <c>config.json</c>; else their numbers.</summary>
    public string[] Labels(int count)
    {
        string[] labels = File.Exists(Beside("labels.txt")) ? File.ReadAllLines(Beside("labels.txt"))
            : Json("config.json")?["id2label"] is JsonObject names ? [.. names.OrderBy(name => int.Parse(name.Key, CultureInfo.InvariantCulture)).Select(name => $"{name.Value}")]
            : [.. Enumerable.Range(0, count).Select(i => $"class {i}")];
        return labels.Length == count ? labels : throw new InvalidDataException($"{Path}: it tells {count} classes apart, and beside it are {labels.Length} labels");
    }

    /// <summary>What is taken off each colour, and what it is then divided by: <c>image_mean</c> and <c>image_std</c> of <c>preprocessor_config.json</c>.</summary>
    public (float[] Mean, float[] Deviation) Normalisation()
    {
        var said = Json("preprocessor_config.json");
        return (Three("image_mean") ?? s_imageNetMean, Three("image_std") ?? s_imageNetDeviation);

        float[]? Three(string name) => said?[name] is JsonArray { Count: 3 } numbers ? [.. numbers.Select(number => (float)number!)] : null;
    }

    /// <summary>The path of a file in the model's folder.</summary>
    public string Beside(string name) => System.IO.Path.Combine(System.IO.Path.GetDirectoryName(Path)!, name);

    private JsonNode? Json(string name)
    {
        try
        {
            return File.Exists(Beside(name)) ? JsonNode.Parse(File.ReadAllBytes(Beside(name))) : null;
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{Beside(name)}: {e.Message}");
        }
    }
}
