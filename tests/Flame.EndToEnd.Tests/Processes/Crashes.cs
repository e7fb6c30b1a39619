namespace Flame.EndToEnd.Tests.Processes;

/// <summary>Ways in which a method takes its executor down.</summary>
internal static class Crashes
{
    [Flame(Pool = "main")]
    public static Task ExitAsync(int code)
    {
        Console.WriteLine("about to exit");
        Environment.Exit(code);
        return Task.CompletedTask;
    }

    [Flame(Pool = "main")]
    public static Task FailFastAsync(string words)
    {
        Environment.FailFast(words);
        return Task.CompletedTask;
    }

    [Flame(Pool = "main")]
    public static Task<int> OverflowAsync() => Task.FromResult(Deeper(0));

    [Flame(Pool = "main")]
    public static Task ThrowOnThreadAsync(string words)
    {
        new Thread(() => throw new InvalidOperationException(words)).Start();
        return Task.Delay(Timeout.Infinite);
    }

    private static int Deeper(int depth) => Deeper(depth + 1) + Deeper(depth + 2);
}
