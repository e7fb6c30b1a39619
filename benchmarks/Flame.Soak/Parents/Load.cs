using System.Collections.Concurrent;

namespace Flame.Soak.Parents;

/// <summary>The callers of a parent, and the calls that they have under way. Thread-safe.</summary>
internal sealed class Load(FlamePools pools, int number, int seed, int largestMiB)
{
    private const string Right = "ok";
    private const int BurstSize = 500;

    // Whoever is refused at once would be refused again and again.
    private static readonly TimeSpan s_afterFailure = TimeSpan.FromMilliseconds(20);

    private readonly ConcurrentDictionary<long, string> _underWay = new();
    private volatile bool _ends;
    private readonly int _weights = Kinds.All.Sum(kind => kind.Weight);
    private TaskCompletionSource _open = Opened();
    private int _seeds;
    private long _last;

    /// <summary>Calls without an outcome, by id and kind.</summary>
    public IReadOnlyCollection<string> UnderWay => [.. _underWay.Select(call => $"{call.Key} ({call.Value})")];

    public bool IsQuiet => _underWay.IsEmpty;

    /// <summary>Calls until the end.</summary>
    public async Task CallAsync(int caller)
    {
        var random = new Random(HashCode.Combine(seed, caller));
        while (!_ends)
        {
            await _open.Task;
            if (!_ends && await OneAsync(Choose(random), random.Next()) != Right) await Task.Delay(s_afterFailure);
        }
    }

    /// <summary>Makes one call, and writes down how it began and how it ended.</summary>
    /// <returns>Its outcome.</returns>
    public async Task<string> OneAsync(Kind kind, int randomSeed)
    {
        var id = (number * 1_000_000_000L) + Interlocked.Increment(ref _last);
        _underWay[id] = kind.Name;
        Diary.Start(id, kind.Name);
        var outcome = await OutcomeAsync(kind, id, new Random(randomSeed));
        Diary.End(id, outcome);
        _underWay.TryRemove(id, out _);
        return outcome;
    }

    /// <summary>More calls at once than the queue takes.</summary>
    public Task BurstAsync() => Task.WhenAll(Enumerable.Range(0, BurstSize).Select(_ => OneAsync(Kinds.All[0], Interlocked.Increment(ref _seeds))));

    /// <summary>Lets nobody call any more; who does has all the time that is needed to end.</summary>
    public async Task PauseAsync()
    {
        _open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        for (var i = 0; i < 1200 && !IsQuiet; i++) await Task.Delay(100);
    }

    public void Resume() => _open.TrySetResult();

    public void End()
    {
        _ends = true;
        Resume();
    }

    private async Task<string> OutcomeAsync(Kind kind, long id, Random random)
    {
        try
        {
            return await kind.RunAsync(new Caller(pools, random, largestMiB), id) ? Right : "wrong: another result than it was to have";
        }
        catch (CallTimeoutException e)
        {
            return $"CallTimeout{e.Phase}";
        }
        catch (FlameException e)
        {
            return e.GetType().Name.Replace("Exception", "", StringComparison.Ordinal);
        }
        catch (ObjectDisposedException e) when (e.Message.StartsWith("FLM2019", StringComparison.Ordinal))
        {
            return "PoolsHaveEnded";
        }
        catch (Exception e)
        {
            return $"untyped: {e.ToString().ReplaceLineEndings(" ")}";
        }
    }

    private Kind Choose(Random random)
    {
        var left = random.Next(_weights);
        foreach (var kind in Kinds.All)
        {
            left -= kind.Weight;
            if (left < 0) return kind;
        }

        return Kinds.All[0];
    }

    private static TaskCompletionSource Opened()
    {
        var open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        open.SetResult();
        return open;
    }
}
