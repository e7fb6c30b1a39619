using System.Runtime.CompilerServices;
using Flame;
using MemoryPack;
using Thumbnails;

namespace Stills;

/// <summary>What a model takes a picture for, and how sure it is, from 0 to 1.</summary>
[MemoryPackable]
public sealed partial record Guess(string Label, float Score);

/// <summary>A picture of a video, what the model takes it for, the likeliest first, and who looked.</summary>
[MemoryPackable]
public sealed partial record Still(int Index, double Second, byte[] Picture, Guess[] Guesses, string Executor);

/// <summary>Who watches videos. Whoever is injected one knows nothing of pools.</summary>
public interface IViewer
{
    /// <summary>Takes stills at equal distances, from one of them on, and says what is on them.</summary>
    IAsyncEnumerable<Still> WatchAsync(string video, int first, int stills, CancellationToken ct = default);
}

/// <summary>Runs where the model is loaded.</summary>
public sealed class Viewer(Classifier model) : IViewer
{
    [Flame(Pool = "vision")]
    public async IAsyncEnumerable<Still> WatchAsync(string video, int first, int stills, [EnumeratorCancellation] CancellationToken ct)
    {
        var length = await Film.LengthAsync(video, ct);
        for (var i = first; i < stills; i++)
        {
            var second = length * (i + 0.5) / stills;
            var picture = await Film.PictureAsync(video, second, ct);
            if (picture.Length > 0) yield return new Still(i, second, picture, await model.LookAsync(picture, ct), FlameParent.Current?.Executor ?? "this process");
        }
    }
}
