namespace Flame.EndToEnd.Tests.Calls;

/// <summary>What these hooks do is said by a variable that executors inherit; without one they do nothing to be seen.</summary>
internal static class Hooks
{
    public const string EnterFails = "FLAME_TEST_ENTER_FAILS";
    public const string EnterWaits = "FLAME_TEST_ENTER_WAITS";
    public const string ExitSpeaks = "FLAME_TEST_EXIT_SPEAKS";

    private static bool s_entered;
    private static Shop? s_shop;

    [FlameEnter]
    public static async Task EnterAsync(Shop? shop = null, CancellationToken ct = default)
    {
        await Task.Yield();
        if (Words(EnterFails) is { } words) throw new AppException(words);
        if (Words(EnterWaits) is { } waits)
        {
            Console.WriteLine($"{waits}: entering in {Environment.ProcessId}");
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, ct);
            }
            finally
            {
                Console.WriteLine($"{waits}: told to stop");
            }
        }

        (s_shop, s_entered) = (shop, true);
    }

    [FlameExit]
    public static async Task ExitAsync(CancellationToken ct)
    {
        await Task.Yield();
        if (Words(ExitSpeaks) is { } words) Console.Write($"{words}: {(s_entered, ct.CanBeCanceled)}");
    }

    [Flame(Pool = "main")]
    public static Task<(bool Entered, bool SameShop)> EnteredAsync([FromServices] Shop shop) => Task.FromResult((s_entered, s_shop == shop));

    private static string? Words(string variable) => Environment.GetEnvironmentVariable(variable);
}
