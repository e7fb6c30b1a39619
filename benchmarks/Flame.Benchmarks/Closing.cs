namespace Flame.Benchmarks;

/// <summary>What has to be done at the end.</summary>
internal sealed class Closing(Action close) : IAsyncDisposable
{
    public ValueTask DisposeAsync()
    {
        close();
        return default;
    }
}
