namespace MyApp;

public sealed class Cache
{
    [FlameEnter]
    public Task Fill(CancellationToken ct) => Task.CompletedTask;

    [FlameExit]
    public void Drop()
    {
    }
}

public static class Life
{
    [FlameEnter]
    public static ValueTask Begin(Cache cache, IServiceProvider? services = null) => default;
}
