using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;

namespace Flame.Executor.Tests.InProcess;

/// <summary>What the tests stop at and let go, for the method and the test are one process.</summary>
internal sealed class Gates
{
    public Dictionary<string, Gate> ByName { get; } = [];

    public Gate this[string name]
    {
        get
        {
            lock (ByName)
            {
                if (!ByName.TryGetValue(name, out var gate)) ByName[name] = gate = new Gate();
                return gate;
            }
        }
    }
}

internal sealed class Gate
{
    private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _told = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Entered => _entered.Task.WaitAsync(TestContext.Current.CancellationToken);

    /// <summary>That the token of a method that ignores it has fired.</summary>
    public Task Told => _told.Task;

    public bool HasEntered => _entered.Task.IsCompleted;

    public bool Cancelled { get; private set; }

    public void Tell() => _told.TrySetResult();

    public void Open() => _open.TrySetResult();

    public async Task PassAsync(CancellationToken ct)
    {
        _entered.TrySetResult();
        try
        {
            await _open.Task.WaitAsync(ct);
        }
        catch (OperationCanceledException)
        {
            Cancelled = true;
            throw;
        }
    }
}

/// <summary>Lives as long as one call.</summary>
internal sealed class CallScope(Disposals disposals) : IDisposable
{
    public Guid Id { get; } = Guid.NewGuid();

    public void Dispose() => disposals.Count++;

    [Flame(Pool = "test")]
    public async Task<Guid> WaitHereAsync(string gate, [FromServices] Gates gates, CancellationToken ct)
    {
        await gates[gate].PassAsync(ct);
        return Id;
    }
}

internal sealed class Disposals
{
    public int Count { get; set; }
}

internal static class Work
{
    [Flame(Pool = "test")]
    public static Task<List<int>> AppendAsync(List<int> numbers)
    {
        numbers.Add(numbers.Count);
        return Task.FromResult(numbers);
    }

    [Flame(Pool = "test")]
    public static async Task WaitAsync(string gate, [FromServices] Gates gates, CancellationToken ct) => await gates[gate].PassAsync(ct);

    [Flame(Pool = "test")]
    public static async Task<string> PassAsync(string gate, [FromServices] Gates gates, CancellationToken ct)
    {
        await gates[gate].PassAsync(ct);
        return gate;
    }

    [Flame(Pool = "test")]
    public static async Task<int> SquareAsync(int number, CancellationToken ct)
    {
        await Task.Yield();
        ct.ThrowIfCancellationRequested();
        return number * number;
    }

    [Flame(Pool = "test", Idempotent = true)]
    public static async Task<string> WaitAgainAsync(string gate, [FromServices] Gates gates, CancellationToken ct)
    {
        await gates[gate].PassAsync(ct);
        return gate;
    }

    [Flame(Pool = "test")]
    public static Task LogAsync(string words, [FromServices] ILoggerFactory loggers)
    {
        loggers.CreateLogger("Work").LogInformation("{Words}", words);
        return Task.CompletedTask;
    }

    [Flame(Pool = "test")]
    public static Task FailAsync(string words) => throw new InvalidDataException(words);

    /// <summary>Fails so many times, then tells how often it ran.</summary>
    [Flame(Pool = "test", Idempotent = true)]
    public static Task<int> TryAsync(int failures, [FromServices] Disposals runs) =>
        ++runs.Count > failures ? Task.FromResult(runs.Count) : throw new InvalidDataException($"failure {runs.Count}");

    /// <summary>The same as items; it fails in front of the one with this number.</summary>
    [Flame(Pool = "test", Idempotent = true)]
    public static async IAsyncEnumerable<int> TryItemsAsync(int failures, int at, [FromServices] Disposals runs)
    {
        runs.Count++;
        for (var i = 0; i < 3; i++)
        {
            await Task.Yield();
            if (i == at && runs.Count <= failures) throw new InvalidDataException($"failure {runs.Count}");
            yield return i;
        }
    }

    [Flame(Pool = "test")]
    public static async IAsyncEnumerable<int> CountAsync(int to, [EnumeratorCancellation] CancellationToken ct)
    {
        for (var i = 0; i < to; i++)
        {
            ct.ThrowIfCancellationRequested();
            yield return i;
            await Task.Yield();
        }
    }

    [Flame(Pool = "test")]
    public static Task<Guid> ScopeAsync([FromServices] CallScope first, [FromServices] CallScope second)
    {
        Assert.Same(first, second);
        return Task.FromResult(first.Id);
    }

    [Flame(Pool = "test")]
    public static Task<bool> StaysHereAsync([FromServices] Gates gates) => NestedAsync(gates);

    // Sent anywhere, the gates would be others, or could not travel at all.
    private static async Task<bool> NestedAsync(Gates mine) => ReferenceEquals(mine, await SameAsync(mine));

    private static async Task<Gates> SameAsync(Gates mine)
    {
        var numbers = new List<int>();
        var same = await AppendAsync(numbers);
        return ReferenceEquals(same, numbers) ? mine : new Gates();
    }
}
