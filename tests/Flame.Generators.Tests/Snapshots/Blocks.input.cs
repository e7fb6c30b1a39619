namespace App;

public class Studio(int quality)
{
    private readonly string _name = "studio";

    public async Task<int> RunAsync(FlamePools flame, List<string> videos, CancellationToken ct)
    {
        foreach (var video in videos)
        {
            await flame.CallAsync("ffmpeg", async token => { await Task.Delay(quality, token); return video + _name; }, ct);
            await flame.CastAsync("ffmpeg", () => Console.WriteLine(video));
        }

        await foreach (var item in flame.StreamAsync("ffmpeg", () => Count(3))) Console.WriteLine(item);
        return await flame.CallAsync(videos[0], static () => 1);

        async IAsyncEnumerable<int> Count(int to)
        {
            for (var i = 0; i < to; i++)
            {
                await Task.Delay(1, ct);
                yield return i;
            }
        }
    }

    public static Task<List<T>> TwiceAsync<T>(FlamePools flame, T value) => flame.CallAsync("default", () => new List<T> { value, value });
}
