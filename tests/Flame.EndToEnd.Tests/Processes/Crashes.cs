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

    /// <summary>Takes it down where the file is not there yet.</summary>
    [Flame(Pool = "main", Idempotent = true)]
    public static async Task<string> ExitOnceAsync(string file, CancellationToken ct)
    {
        if (File.Exists(file)) return "survived";
        await File.WriteAllTextAsync(file, "", ct);
        await ExitAsync(3);
        return "";
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
