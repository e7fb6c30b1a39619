namespace Stills;

/// <summary>
/// A small model that needs no training: a convolution takes a picture's colours and edges, their averages are five numbers, and
/// the label is that of the nearest scene. Nearness is linear: of −k‖f − s‖² = k(2s·f − ‖s‖²) − k‖f‖² the last term is the same for all.
/// </summary>
internal static class SceneModel
{
    private const int Size = 64;
    private const float Sharpness = 12;

    // Red, green, blue, horizontal and vertical edges, each from 0 to about 1.
    private static readonly (string Label, float[] Features)[] s_scenes =
    [
        ("night", [0.04f, 0.05f, 0.12f, 0, 0]),
        ("sunset", [0.92f, 0.42f, 0.12f, 0, 0]),
        ("sky", [0.42f, 0.68f, 0.93f, 0, 0]),
        ("meadow", [0.29f, 0.63f, 0.23f, 0, 0]),
        ("snow", [0.95f, 0.97f, 0.98f, 0, 0]),
        ("test card", [0.47f, 0.5f, 0.5f, 0.16f, 0.55f]),
    ];

    /// <summary>Writes the model and what belongs beside it.</summary>
    public static void Write(ModelFiles files)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(files.Path)!);
        File.WriteAllBytes(files.Path, Model());
        File.WriteAllLines(files.Beside("labels.txt"), s_scenes.Select(scene => scene.Label));
        File.WriteAllText(files.Beside("preprocessor_config.json"), """{ "image_mean": [0, 0, 0], "image_std": [1, 1, 1] }""");
    }

    private static byte[] Model()
    {
        var features = s_scenes[0].Features.Length;
        var weights = Enumerable.Range(0, features).SelectMany(f => s_scenes.Select(scene => 2 * Sharpness * scene.Features[f]));
        var offsets = s_scenes.Select(scene => -Sharpness * scene.Features.Sum(f => f * f));
        return OnnxFile.Model(
            "scenes",
            input: ("pixels", [1, 3, Size, Size]),
            output: ("scores", [1, s_scenes.Length]),
            weights:
            [
                ("kernels", [features, 3, 3, 3], [.. Kernels()]),
                ("weights", [features, s_scenes.Length], [.. weights]),
                ("offsets", [s_scenes.Length], [.. offsets]),
            ],
            nodes:
            [
                ("Conv", ["pixels", "kernels"], "convolved"),
                ("Abs", ["convolved"], "strengths"),
                ("GlobalAveragePool", ["strengths"], "averages"),
                ("Flatten", ["averages"], "features"),
                ("Gemm", ["features", "weights", "offsets"], "nearness"),
                ("Softmax", ["nearness"], "scores"),
            ]);
    }

    // [kernel, colour, row, column]: one that takes each colour as it is, and Sobel's two for edges of all colours together.
    private static IEnumerable<float> Kernels()
    {
        float[] sobel = [-1, -2, -1, 0, 0, 0, 1, 2, 1];
        for (var kernel = 0; kernel < 5; kernel++)
        {
            for (var colour = 0; colour < 3; colour++)
            {
                for (var at = 0; at < 9; at++)
                    yield return kernel < 3 ? (kernel == colour && at == 4 ? 1 : 0) : (kernel == 3 ? sobel[at] : sobel[(at % 3 * 3) + (at / 3)]) / 1.5f;
            }
        }
    }
}
