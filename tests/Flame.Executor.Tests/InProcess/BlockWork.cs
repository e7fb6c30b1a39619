using MemoryPack;

namespace Flame.Executor.Tests.InProcess;

/// <summary>What blocks of the tests use.</summary>
internal static class Marks
{
    private static readonly System.Collections.Concurrent.ConcurrentDictionary<string, TaskCompletionSource> s_entered = new();

    public static System.Collections.Concurrent.ConcurrentBag<string> All { get; } = [];

    public static void Add(string mark) => All.Add(mark);

    public static int Answer() => 42;

    public static void Entered(string name) => Of(name).TrySetResult();

    public static Task WhenEntered(string name) => Of(name).Task.WaitAsync(TestContext.Current.CancellationToken);

    private static TaskCompletionSource Of(string name) => s_entered.GetOrAdd(name, static _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
}

internal interface ICounts
{
    int Start { get; }
}

internal sealed class Pair<TFirst>(TFirst first)
{
    public Task<(TFirst, TSecond)> WithAsync<TSecond>(FlamePools flame, TSecond second) => flame.CallAsync("test", () => (first, second));
}

[MemoryPackable]
internal sealed partial class Counter : ICounts
{
    public int Start { get; set; }

    public int Next() => Start + 1;

    public Task<int> NextOnAsync(FlamePools flame) => flame.CallAsync("test", () => Next());

    public Task<int> PlusOnAsync(FlamePools flame, int n) => flame.CallAsync("test", () => Next() - 1 + n);
}

internal sealed class Shop(FlamePools flame, int price)
{
    private readonly int _tax = 1;
    private readonly object _cannotBeSent = new();

    public int Discount { get; init; }

    public object Rest => _cannotBeSent;

    public Task<string> PriceAsync() => flame.CallAsync("test", () => $"{price} - {Discount} + {_tax}");

    public async Task<string> PriceOfAsync(int count)
    {
        await Task.Yield();
        return await flame.CallAsync("test", () => $"{price} - {Discount} + {_tax} x {count}");
    }
}
