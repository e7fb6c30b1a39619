namespace App;

[FlameObject]
public sealed class Captioner(string path) : IAsyncDisposable
{
    public Task<string> CaptionAsync(byte[] picture, CancellationToken ct = default) => Task.FromResult(path + picture.Length);

    public int Count() => 1;

    public void Forget([FromServices] IServiceProvider services) { }

    public ValueTask DisposeAsync() => default;
}

public static class Use
{
    public static async Task<string> RunAsync(FlamePools flame, string path)
    {
        await using var model = await flame.PlaceAsync("gpu", () => new Captioner(path));
        return model.Executor!;
    }
}
