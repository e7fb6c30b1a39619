using System.Runtime.CompilerServices;
using Flame.Executor.Tests.InProcess;

namespace Flame.Executor.Tests.Live;

/// <summary>What callers lend: items that are counted as they are made, and an end that is noticed.</summary>
internal sealed class Source<T>(Func<int, CancellationToken, ValueTask<T>> make, int count = int.MaxValue)
{
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _made;

    public Source(Func<int, T> make, int count = int.MaxValue) : this((i, _) => new ValueTask<T>(make(i)), count)
    {
    }

    /// <summary>How many were made.</summary>
    public int Made => Volatile.Read(ref _made);

    public bool HasBegun => _begun.Task.IsCompleted;

    public Task Begun => _begun.Task;

    /// <summary>That the enumeration is over and disposed.</summary>
    public Task Left => _left.Task;

    public bool TokenFired { get; private set; }

    public async IAsyncEnumerable<T> Items([EnumeratorCancellation] CancellationToken ct = default)
    {
        _begun.TrySetResult();
        try
        {
            for (var i = 0; i < count; i++)
            {
                var item = await make(i, ct);
                Interlocked.Increment(ref _made);
                yield return item;
            }
        }
        finally
        {
            TokenFired = ct.IsCancellationRequested;
            _left.TrySetResult();
        }
    }
}

/// <summary>Methods that take items.</summary>
internal static class Taking
{
    [Flame(Pool = "test")]
    public static async Task<long> SumAsync(IAsyncEnumerable<int> numbers)
    {
        long sum = 0;
        var expected = 0;
        await foreach (var number in numbers)
        {
            if (number != expected++) throw new InvalidDataException($"{number} came out of order");
            sum += number;
        }

        return sum;
    }

    /// <summary>Passes its gate before the first, and again after each of the next.</summary>
    [Flame(Pool = "test")]
    public static async Task<int> TakeAsync(int count, string gate, [FromServices] Gates gates, IAsyncEnumerable<int> numbers, CancellationToken ct)
    {
        await gates[gate].PassAsync(ct);
        var taken = 0;
        if (count == 0) return 0;
        await foreach (var number in numbers.WithCancellation(ct))
        {
            await gates[$"{gate}/{taken}"].PassAsync(ct);
            if (++taken == count) break;
        }

        await gates[gate + "/left"].PassAsync(ct);
        return taken;
    }

    [Flame(Pool = "test", Idempotent = true)]
    public static async Task<long> SumAgainAsync(bool touch, string gate, [FromServices] Gates gates, IAsyncEnumerable<int> numbers, CancellationToken ct)
    {
        if (!touch) await gates[gate].PassAsync(ct);
        long sum = 0;
        await foreach (var number in numbers.WithCancellation(ct))
        {
            sum += number;
            if (touch) await gates[gate].PassAsync(ct);
        }

        return sum;
    }

    [Flame(Pool = "test")]
    public static async Task<string> TryAsync(IAsyncEnumerable<int> numbers)
    {
        var taken = 0;
        try
        {
            await foreach (var number in numbers) taken++;
            return "no failure";
        }
        catch (Exception e)
        {
            return $"{e.GetType().Name} after {taken}: {e.Message}";
        }
    }

    [Flame(Pool = "test")]
    public static async Task<string> TwiceAsync(IAsyncEnumerable<int> numbers)
    {
        await foreach (var number in numbers)
        {
        }

        try
        {
            await foreach (var number in numbers) return "a second time";
            return "empty";
        }
        catch (InvalidOperationException e)
        {
            return e.Message;
        }
    }

    [Flame(Pool = "test")]
    public static async Task BreakAsync(int after, IAsyncEnumerable<int> numbers)
    {
        await foreach (var number in numbers)
        {
            if (number == after) throw new InvalidDataException("the method's own");
        }
    }

    [Flame(Pool = "test")]
    public static async Task<List<(int Length, byte Fill)>> MeasureAsync(IAsyncEnumerable<byte[]> blobs)
    {
        var seen = new List<(int, byte)>();
        await foreach (var blob in blobs) seen.Add((blob.AsSpan().IndexOfAnyExcept(blob[0]) < 0 ? blob.Length : -1, blob[0]));
        return seen;
    }

    [Flame(Pool = "test")]
    public static async IAsyncEnumerable<string> PairAsync(
        IAsyncEnumerable<int> left, string between, IAsyncEnumerable<string> right, IProgress<int> progress, [EnumeratorCancellation] CancellationToken ct = default)
    {
        await using var rights = right.GetAsyncEnumerator(ct);
        await foreach (var number in left.WithCancellation(ct))
        {
            if (!await rights.MoveNextAsync()) yield break;
            progress.Report(number);
            yield return $"{number}{between}{rights.Current}";
        }
    }

    /// <summary>Gives its own token, which it has fired, to the enumeration.</summary>
    [Flame(Pool = "test")]
    public static async Task<bool> CancelOwnAsync(IAsyncEnumerable<int> numbers)
    {
        using var own = new CancellationTokenSource();
        try
        {
            await foreach (var number in numbers.WithCancellation(own.Token))
            {
                if (number == 3) await own.CancelAsync();
            }
        }
        catch (OperationCanceledException e)
        {
            return e.CancellationToken == own.Token;
        }

        return false;
    }

    public static IAsyncEnumerable<int>? Kept { get; private set; }

    [Flame(Pool = "test")]
    public static Task<bool> KeepAsync(IAsyncEnumerable<int>? numbers = null)
    {
        Kept = numbers;
        return Task.FromResult(numbers is not null);
    }
}
