using Flame;
using MemoryPack;

namespace OnKubernetes;

/// <summary>Numbers from one up to another, which does not belong to them.</summary>
[MemoryPackable]
internal readonly partial record struct Numbers(int From, int To);

internal static class Primes
{
    private const int Parts = 16;

    /// <summary>Counts the primes below a number, its parts on as many executors as the pool has.</summary>
    public static async Task<Answer> AnswerAsync(int below, FlamePools pools, CancellationToken ct)
    {
        var numbers = Enumerable.Range(0, Parts).Select(part => new Numbers(Cut(part), Cut(part + 1)));
        var (primes, by) = (0, new SortedDictionary<string, int>(StringComparer.Ordinal));
        await foreach (var part in pools.MapAsync("cpu", numbers, CountAsync, ct: ct))
        {
            primes += part.Value.Primes;
            by[part.Value.By] = by.GetValueOrDefault(part.Value.By) + 1;
        }

        return new Answer(below, primes, by);

        int Cut(int part) => (int)((long)below * part / Parts);
    }

    /// <summary>Plain division, so that it is real work. Anybody may do it again: a lost executor's part goes to another one.</summary>
    [Flame(Pool = "cpu", Idempotent = true)]
    public static async Task<(int Primes, string By)> CountAsync(Numbers numbers, CancellationToken ct)
    {
        await Task.Yield();
        var primes = 0;
        for (var number = numbers.From; number < numbers.To; number++)
        {
            if (number % 1024 == 0) ct.ThrowIfCancellationRequested();
            if (IsPrime(number)) primes++;
        }

        // In a cluster the name of the machine is that of the pod.
        return (primes, $"{FlameParent.Current?.Executor ?? "the parent"} on {Environment.MachineName}");
    }

    private static bool IsPrime(int number)
    {
        if (number < 2 || (number % 2 == 0 && number != 2)) return false;
        for (var divisor = 3; (long)divisor * divisor <= number; divisor += 2)
        {
            if (number % divisor == 0) return false;
        }

        return true;
    }
}

/// <summary>How many primes there are, and who counted how many parts.</summary>
internal sealed record Answer(int Below, int Primes, IReadOnlyDictionary<string, int> By);
