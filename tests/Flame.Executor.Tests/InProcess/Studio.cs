using System.Runtime.CompilerServices;

namespace Flame.Executor.Tests.InProcess;

/// <summary>How many studios a container has made.</summary>
internal sealed class Made
{
    public int Count { get; set; }
}

internal interface INamed
{
    string Name { get; set; }
}

internal interface IStudio : INamed, IDisposable
{
    Task<string> CutAsync(string video, int quality = 80);

    Task<string> WhereAsync([FromServices] IStudio injected);

    IAsyncEnumerable<int> FramesAsync(int count, CancellationToken ct = default);

    int Count(string video);

    // The interface's own: it knows nothing of pools, and the two that it calls are remote.
    async Task<string[]> CutBothAsync(string first, string second) => [await CutAsync(first), await CutAsync(second, 100)];
}

internal sealed class Studio : IStudio
{
    public Studio(Made made) => made.Count++;

    string INamed.Name { get; set; } = "studio";

    [Flame(Pool = "test")]
    public Task<string> CutAsync(string video, int quality) => Task.FromResult($"{video} at {quality}");

    [Flame(Pool = "test")]
    public Task<string> WhereAsync([FromServices] IStudio injected) => Task.FromResult($"{injected.GetType().Name} {ReferenceEquals(injected, this)}");

    [Flame(Pool = "test")]
    public async IAsyncEnumerable<int> FramesAsync(int count, [EnumeratorCancellation] CancellationToken ct)
    {
        for (var i = 0; i < count; i++)
        {
            await Task.Yield();
            ct.ThrowIfCancellationRequested();
            yield return i;
        }
    }

    public int Count(string video) => video.Length;

    public void Dispose()
    {
    }
}

/// <summary>A class of the application that uses the interface.</summary>
internal sealed class Cinema(IStudio studio)
{
    public async Task<string> ShowAsync(string video) => $"shown: {await studio.CutAsync(video)}";
}
