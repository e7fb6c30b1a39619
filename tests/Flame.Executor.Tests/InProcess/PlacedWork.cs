using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;

namespace Flame.Executor.Tests.InProcess;

/// <summary>An object with a state, which tells what happens to it.</summary>
[FlameObject]
internal sealed class Account(string name, int balance, Gates? gates = null) : IAsyncDisposable
{
    private int _inside;
    private int _mostInside;

    public static ConcurrentDictionary<string, int> Disposals { get; } = new();

    public int Balance => balance;

    /// <summary>At once, which a handle turns into a task.</summary>
    public int Add(int amount) => balance += amount;

    public void Forget() => balance = 0;

    public async Task<int> PassAsync(string gate, CancellationToken ct)
    {
        _mostInside = Math.Max(_mostInside, Interlocked.Increment(ref _inside));
        try
        {
            await gates![gate].PassAsync(ct);
            return _mostInside;
        }
        finally
        {
            Interlocked.Decrement(ref _inside);
        }
    }

    public ValueTask<string> NameAsync(string prefix = "account ") => new(prefix + name);

    public Task FailAsync(string why) => throw new InvalidDataException(why);

    public Task<bool> HasAsync([FromServices] Gates injected) => Task.FromResult(ReferenceEquals(injected, gates));

    public ValueTask DisposeAsync()
    {
        Disposals.AddOrUpdate(name, 1, static (_, n) => n + 1);
        return name.StartsWith("bad ", StringComparison.Ordinal) ? throw new InvalidDataException("cannot be closed") : default;
    }

    public static Account With(IServiceProvider services, string name) => new(name, 0, services.GetRequiredService<Gates>());
}

internal static class Bank
{
    [Flame(Pool = "test")]
    public static async Task<FlameObject<Account>> OpenAsync(string name, int balance, CancellationToken ct = default)
    {
        await Task.Delay(1, ct);
        return balance < 0 ? throw new ArgumentException("no debts") : FlameObject.InPlace(new Account(name, balance));
    }
}
