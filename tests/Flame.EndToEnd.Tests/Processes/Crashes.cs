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
    public static Task<int> OverflowAsync() => Task.FromResult(Below<int>(30));

    [Flame(Pool = "main")]
    public static Task ThrowOnThreadAsync(string words)
    {
        new Thread(() => throw new InvalidOperationException(words)).Start();
        return Task.Delay(Timeout.Infinite);
    }

    // Each frame is another method, so that the stack of the crash is longer than what is kept of it.
    private static int Below<T>(int more) => more == 0 ? Deeper(0) : Below<ValueTuple<T>>(more - 1) + 1;

    private static int Deeper(int depth) => Deeper(depth + 1) + Deeper(depth + 2);
}
