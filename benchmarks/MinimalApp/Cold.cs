using System.Diagnostics;
using System.Globalization;
using Flame;

namespace Flame.Benchmarks.Minimal;

/// <summary>A pool that is empty at every call, and who asks for such calls.</summary>
internal static class Cold
{
    private static readonly SemaphoreSlim s_gone = new(0);

    public static void Configure(FlamePoolOptions pool)
    {
        pool.Max = 1;
        pool.SingleUse = true;
        pool.OnShrink = _ => s_gone.Release();
    }

    /// <summary>Completes when the executor of one call is gone: the next call is cold again.</summary>
    public static Task GoneAsync() => s_gone.WaitAsync();

    /// <summary>For every line on standard input one call: its milliseconds.</summary>
    public static async Task AnswerAsync()
    {
        while (await Console.In.ReadLineAsync() is not null)
        {
            var started = Stopwatch.GetTimestamp();
            var sum = await AddAsync(20, 22);
            var elapsed = Stopwatch.GetElapsedTime(started);
            if (sum != 42) throw new InvalidOperationException($"the executor answered {sum}");
            await GoneAsync();
            Console.WriteLine(elapsed.TotalMilliseconds.ToString("0.00", CultureInfo.InvariantCulture));
        }
    }

    [Flame(Pool = "cold")]
    public static Task<int> AddAsync(int a, int b) => Task.FromResult(a + b);
}
