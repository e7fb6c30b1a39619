namespace Flame.EndToEnd.App;

/// <summary>Callers that call again and again until the pools take no more, and what became of their calls.</summary>
internal static class Load
{
    private const int Much = 100;

    private static int s_returned;
    private static int s_refused;
    private static int s_failed;

    public static Task Ended { get; private set; } = Task.CompletedTask;

    public static void Begin(int callers) => Ended = CallAsync(callers);

    private static async Task CallAsync(int callers)
    {
        var builds = (await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => CallAsync()))).SelectMany(seen => seen).Distinct();
        Console.WriteLine($"load returned={s_returned} refused={s_refused} failed={s_failed} builds={string.Join(',', builds)}");
    }

    private static async Task<HashSet<string>> CallAsync()
    {
        var seen = new HashSet<string>();
        while (true)
        {
            try
            {
                seen.Add(await Jobs.BuildAsync());
                if (Interlocked.Increment(ref s_returned) == Much) Console.WriteLine("loaded");
            }
            catch (PoolDrainingException)
            {
                Interlocked.Increment(ref s_refused);
                return seen;
            }
            catch (Exception e)
            {
                Interlocked.Increment(ref s_failed);
                Console.WriteLine($"failed {e.GetType().Name} {e.Message.ReplaceLineEndings(" ")}");
                return seen;
            }
        }
    }
}
