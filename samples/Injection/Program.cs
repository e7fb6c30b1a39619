using Flame;
using MemoryPack;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

// Injection: who is injected an IVideos knows nothing of pools, and what is marked in Videos runs on them.
var builder = Host.CreateApplicationBuilder(args);
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.AddFlame(flame => flame.AddPool("video", pool => (pool.Max, pool.MaxConcurrency) = (1, 3)));
builder.Services.AddSingleton(new Sensitivity(Change: 60));
builder.Services.AddFlameProxy<IVideos, Videos>();
builder.Services.AddScoped<Cinema>();

using var host = builder.Build();
await host.StartAsync();   // an executor goes no further
await using (var scope = host.Services.CreateAsyncScope()) await scope.ServiceProvider.GetRequiredService<Cinema>().ShowAsync();
await host.StopAsync();    // the pool is drained

/// <summary>What the program is about. In a unit test it is given a fake.</summary>
public sealed class Cinema(IVideos videos)
{
    public async Task ShowAsync()
    {
        var films = new[] { Film("Night train", 40, 90, 200), Film("The garden", 75), Film("One take") };
        foreach (var (film, (cuts, by)) in films.Zip(await Task.WhenAll(films.Select(film => videos.FindCutsAsync(film)))))
            Console.WriteLine($"{film.Name}, {videos.Length(film).TotalSeconds} s: cut at [{string.Join(", ", cuts)}], says {by}");
    }

    /// <summary>Gray frames of 160 × 90, ten seconds of them; the light changes a little with each, and much with a cut.</summary>
    private static Video Film(string name, params int[] cuts) => new(name, 25, [.. Enumerable.Range(0, 250).Select(frame =>
    {
        var light = 20 + 100 * (cuts.Count(cut => cut <= frame) % 2) + frame % 7;
        return Enumerable.Range(0, 160 * 90).Select(pixel => (byte)(light + pixel % 31)).ToArray();
    })]);
}

public interface IVideos
{
    Task<(int[] Cuts, string By)> FindCutsAsync(Video video, CancellationToken ct = default);
    TimeSpan Length(Video video);
}

public sealed class Videos(Sensitivity sensitivity) : IVideos
{
    [Flame(Pool = "video")]
    public async Task<(int[] Cuts, string By)> FindCutsAsync(Video video, CancellationToken ct)
    {
        await Task.Yield();
        var light = video.Frames.Select(frame => frame.Average(pixel => pixel)).ToArray();
        return ([.. Enumerable.Range(1, light.Length - 1).Where(i => Math.Abs(light[i] - light[i - 1]) > sensitivity.Change)], FlameParent.Current?.Executor ?? "the parent");
    }

    public TimeSpan Length(Video video) => TimeSpan.FromSeconds((double)video.Frames.Length / video.Rate);   // not marked: runs in place
}

[MemoryPackable]
public sealed partial record Video(string Name, int Rate, byte[][] Frames);

public sealed record Sensitivity(int Change);
