using System.Runtime.CompilerServices;
using Flame.EndToEnd.Tests.Calls;
using Flame.EndToEnd.Tests.Processes;

namespace Flame.EndToEnd.Tests.Live;

/// <summary>Live arguments between processes, where one can die.</summary>
public abstract class LiveTests(CarrierPools carrier)
{
    private readonly TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task Reports_come_from_the_executor_before_the_call_ends()
    {
        using var _ = carrier.Pools.Use();
        var told = new Told<string>();
        var process = await LiveWork.ReportAsync(5000, told).Patiently();
        Assert.NotEqual(Environment.ProcessId, process);
        Assert.Equal(Enumerable.Range(0, 5000).Select(i => $"{process}: {i}"), told.Reports);
    }

    [Fact]
    public async Task Items_go_up_and_come_back_changed()
    {
        using var _ = carrier.Pools.Use();
        var words = new List<string>();
        await foreach (var word in LiveWork.UpperAsync(WordsAsync(3000))) words.Add(word);
        Assert.Equal(Enumerable.Range(0, 3000).Select(i => $"WORD {i}"), words);
    }

    [Fact]
    public async Task Gigabyte_goes_up_and_down_in_constant_memory_on_both_sides()
    {
        const long Length = 1L << 30;
        const long KilobytesAllowed = 100_000;
        using var _ = carrier.Pools.Use();
        var before = LiveWork.PeakMemory();
        var (from, to) = (new CountedBytes(Length), new CountedBytes(0));
        var (bytes, more) = await LiveWork.InvertAsync(from, to).Patiently();
        TestContext.Current.TestOutputHelper!.WriteLine($"executor: {more} KiB more; parent: {LiveWork.PeakMemory() - before} KiB more");
        Assert.Equal((Length, Length, true), (bytes, to.Written, to.IsInverted));

        // A kernel adds up its pages now and then: the same peak may be read as a few less.
        Assert.True(more <= KilobytesAllowed && LiveWork.PeakMemory() - before <= KilobytesAllowed);
        Assert.False(from.IsDisposed || to.IsDisposed);
    }

    [Fact]
    public async Task Killed_executor_ends_the_upload_and_leaves_the_source()
    {
        await using var pools = await carrier.StartAsync(p => p.Max = 1);
        using var _ = pools.Use();
        var inside = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var call = LiveWork.SumAsync(NumbersAsync(), new Told<int>(process => inside.TrySetResult(process)));
        var victim = await inside.Task.Patiently();
        await Signals.KillAsync(victim);
        var error = await Assert.ThrowsAsync<ExecutorLostException>(() => call.Patiently());
        Assert.Contains("SIGKILL", error.Reason, StringComparison.Ordinal);
        await _left.Task.Patiently();
        Assert.NotEqual(victim, await Sums.ProcessAsync().Patiently());
    }

    [Fact]
    public async Task Executor_that_is_told_to_go_finishes_the_upload()
    {
        await using var pools = await carrier.StartAsync(p => p.Max = 1);
        using var _ = pools.Use();
        var (inside, rest) = (new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource());
        var call = LiveWork.SumAsync(HeldNumbersAsync(rest.Task), new Told<int>(process => inside.TrySetResult(process)));
        await Signals.TermAsync(await inside.Task.Patiently());
        await Patience.UntilAsync(() => pools["main"].GetStats().Draining == 1);
        rest.SetResult();
        Assert.Equal((await inside.Task, 999 * 1000 / 2), await call.Patiently());
    }

    [Fact]
    public async Task Cancelled_upload_ends_at_once_and_costs_no_executor()
    {
        using var _ = carrier.Pools.Use();
        using var cancel = new CancellationTokenSource();
        var before = await Sums.ProcessAsync();
        var call = LiveWork.SumAsync(NumbersAsync(), new Told<int>(_ => cancel.Cancel()), cancel.Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.Patiently());
        await _left.Task.Patiently();
        await Patience.UntilAsync(() => carrier.Pools["main"].GetStats().Running == 0);
        Assert.Equal(before, await Sums.ProcessAsync());
    }

    [Fact]
    public async Task Upload_that_takes_too_long_is_timed_out_and_left()
    {
        using var _ = carrier.Pools.Use();
        var error = await Assert.ThrowsAsync<CallTimeoutException>(() => LiveWork.HurryAsync(NumbersAsync(), CancellationToken.None).Patiently());
        Assert.Equal(CallPhase.Execution, error.Phase);
        await _left.Task.Patiently();
    }

    private static async IAsyncEnumerable<string> WordsAsync(int count)
    {
        await Task.Yield();
        for (var i = 0; i < count; i++) yield return $"word {i}";
    }

    private static async IAsyncEnumerable<int> HeldNumbersAsync(Task rest)
    {
        for (var i = 0; i < 1000; i++)
        {
            if (i == 1) await rest;
            yield return i;
        }
    }

    private async IAsyncEnumerable<int> NumbersAsync([EnumeratorCancellation] CancellationToken ct = default)
    {
        try
        {
            for (var i = 0; ; i++)
            {
                ct.ThrowIfCancellationRequested();
                await Task.Yield();
                yield return i;
            }
        }
        finally
        {
            _left.TrySetResult();
        }
    }

    private sealed class Told<T>(Action<T>? then = null) : IProgress<T>
    {
        public List<T> Reports { get; } = [];

        public void Report(T value)
        {
            Reports.Add(value);
            then?.Invoke(value);
        }
    }
}

public sealed class LiveOverSocketTests(SocketPools pools) : LiveTests(pools), IClassFixture<SocketPools>;

public sealed class LiveOverTcpTests(TcpPools pools) : LiveTests(pools), IClassFixture<TcpPools>;

public sealed class LiveOverGrpcTests(GrpcPools pools) : LiveTests(pools), IClassFixture<GrpcPools>;
