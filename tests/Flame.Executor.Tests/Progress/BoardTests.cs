using Flame.Executor.Tests.InProcess;
using Flame.Executor.Tests.Links;
using Flame.Progress;

namespace Flame.Executor.Tests.Progress;

/// <summary>When something is shown of maps and boots, and what.</summary>
public sealed class BoardTests
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(200);

    // Blocks see it, for the executors share the process; each test has names of its own.
    private static readonly Gates Gates = new();

    private readonly Recorded _shown = new();
    private int _opened;

    [Fact]
    public async Task Quick_map_shows_nothing_and_does_not_even_ask_where()
    {
        await using var pool = Start();
        Assert.Equal(10, await pool.Pools.MapAsync("test", Enumerable.Range(0, 10), Work.SquareAsync).CountAsync(InProcessPool.Patience));
        await pool.UntilAsync(stats => stats.Booting == 0);
        Assert.Equal(0, _opened);
        pool.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Empty(_shown.Lines);
        Assert.Empty(_shown.Said);
    }

    [Fact]
    public async Task Long_map_shows_its_pool_and_itself_and_sums_up_once()
    {
        await using var pool = Start(o => o.Max = 2);
        var mapped = pool.Pools.MapAsync("test", (string[])["sums a", "sums b", "sums c"], PassAsync).ToListAsync(InProcessPool.Patience).AsTask();
        await Task.WhenAll(Gates["sums a"].Entered, Gates["sums b"].Entered);
        await pool.UntilAsync(stats => stats is { Waiting: 1, Ready: 2 });
        pool.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(["pool test (in-process)  2/2 up · 1 queued", "map on test  ░░░░░░░░░░░░  0/3 done"], _shown.Lines);

        Gates["sums a"].Open();
        await Gates["sums c"].Entered;
        await ShowsAsync(pool, "map on test  ████░░░░░░░░  1/3 done · ");
        Assert.Equal("pool test (in-process)  2/2 up", _shown.Lines[0]);

        foreach (var gate in (string[])["sums b", "sums c"]) Gates[gate].Open();
        Assert.Equal(3, (await mapped).Count);
        Assert.Empty(_shown.Lines);
        pool.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Matches("^map on test: 3 calls in [0-9.ms]+, 0 failed, 0 run again, [0-9.]+ executor-seconds, 2 cold starts$", Assert.Single(_shown.Said));
    }

    [Fact]
    public async Task Map_that_fails_says_how_many_did()
    {
        await using var pool = Start();
        var mapped = pool.Pools.MapAsync("test", FailAfterAsync(), FailAsync, new FlameMapOptions { OnError = FlameOnError.Collect }).CountAsync(InProcessPool.Patience).AsTask();
        await Gates["source"].Entered;
        await pool.UntilAsync(stats => stats is { Ready: 1, Running: 0, Waiting: 0 });
        await ShowsAsync(pool, "map on test  1 done · 1 failed");
        Gates["source"].Open();
        await mapped;
        Assert.Matches("^map on test: 2 calls in [0-9.ms]+, 2 failed, ", Assert.Single(_shown.Said));
    }

    [Fact]
    public async Task Call_that_waits_for_a_boot_shows_what_that_waits_for_and_nothing_once_it_is_up()
    {
        await using var pool = Start();
        Task<List<int>> call;
        using (pool.Backend.HoldBoots())
        {
            call = Work.Remote.AppendAsync([]);
            await pool.UntilAsync(stats => stats.Booting == 1);
            await ShowsAsync(pool, "pool test (in-process)  0/1 up · 1 booting · 1 queued");
            Assert.Single(_shown.Lines);
        }

        await call;
        pool.Time.Advance(Moment);
        Assert.Empty(_shown.Lines);
        Assert.Empty(_shown.Said);
    }

    [Fact]
    public async Task Where_nothing_is_to_be_shown_that_is_found_out_once_and_a_wrong_word_is_told()
    {
        using var log = new LogRecorder();
        await using var pool = InProcessPool.Start(o => o.Max = 1, loggers: log, more: flame => flame.ProgressOutput = () =>
        {
            _opened++;
            return (null, "1");
        });
        for (var run = 0; run < 3; run++)
        {
            var mapped = pool.Pools.MapAsync("test", (string[])[$"off {run}"], PassAsync).CountAsync(InProcessPool.Patience).AsTask();
            await Gates[$"off {run}"].Entered;
            pool.Time.Advance(TimeSpan.FromSeconds(2));
            Gates[$"off {run}"].Open();
            await mapped;
        }

        Assert.Equal(1, _opened);
        Assert.Single(log.Lines, line => line.StartsWith("FLM3056 ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Line_changes_five_times_a_second_at_most()
    {
        await using var pool = Start();
        var mapped = pool.Pools.MapAsync("test", (string[])["pace"], PassAsync).CountAsync(InProcessPool.Patience).AsTask();
        await Gates["pace"].Entered;
        pool.Time.Advance(TimeSpan.FromSeconds(1));
        var before = _shown.Times;
        for (var i = 0; i < 100; i++) pool.Time.Advance(TimeSpan.FromMilliseconds(10));
        Assert.InRange(_shown.Times - before, 4, 5);
        Gates["pace"].Open();
        await mapped;
    }

    [Fact]
    public async Task Raised_Max_lets_a_map_that_runs_have_more_under_way()
    {
        await using var pool = Start(o => o.Max = 1);
        var gates = Enumerable.Range(0, 10).Select(i => $"raised {i}").ToArray();
        var mapped = pool.Pools.MapAsync("test", gates, PassAsync).ToListAsync(InProcessPool.Patience).AsTask();
        await Gates["raised 0"].Entered;
        pool.Pools["test"].Update(o => o.Max = 4);
        Gates["raised 0"].Open();
        await Task.WhenAll(gates.Skip(1).Take(4).Select(gate => Gates[gate].Entered));
        foreach (var gate in gates) Gates[gate].Open();
        Assert.Equal(gates, (await mapped).Select(result => result.Value));
    }

    [Fact]
    public void Plain_lines_stay_and_only_those_that_say_something_new_are_written()
    {
        var output = new StringWriter();
        var lines = new PlainLines(output);
        lines.Show(["pool gpu", "map 1"]);
        lines.Show(["pool gpu", "map 2"]);
        lines.Show([]);
        lines.Say("summary");
        Assert.Equal("flame: pool gpu|flame: map 1|flame: map 2|flame: summary|", output.ToString().ReplaceLineEndings("|"));
    }

    private async Task ShowsAsync(InProcessPool pool, string begin)
    {
        while (!_shown.Lines.Any(line => line.StartsWith(begin, StringComparison.Ordinal)))
        {
            InProcessPool.Patience.ThrowIfCancellationRequested();
            pool.Time.Advance(Moment);
            await Task.Yield();
        }
    }

    private static async Task<string> PassAsync(string gate, CancellationToken ct)
    {
        await Gates[gate].PassAsync(ct);
        return gate;
    }

    private static Task<string> FailAsync(string words, CancellationToken ct) => throw new InvalidDataException(words);

    private static async IAsyncEnumerable<string> FailAfterAsync()
    {
        yield return "first";
        await Gates["source"].PassAsync(InProcessPool.Patience);
        yield return "second";
    }

    private InProcessPool Start(Action<FlamePoolOptions>? configure = null) => InProcessPool.Start(
        o =>
        {
            // Where the clock goes on until something is seen, nothing may end by it.
            (o.Max, o.BootTimeout, o.IdleShutdownAfter) = (1, TimeSpan.FromDays(20), Timeout.InfiniteTimeSpan);
            configure?.Invoke(o);
        },
        more: flame => flame.ProgressOutput = () =>
    {
        _opened++;
        return (_shown, null);
    });

    private sealed class Recorded : ProgressLines
    {
        public override TimeSpan Pace => Moment;

        public override int Width => 100;

        public IReadOnlyList<string> Lines { get; private set; } = [];

        public List<string> Said { get; } = [];

        public int Times { get; private set; }

        public override void Show(IReadOnlyList<string> lines) => (Lines, Times) = (lines, Times + 1);

        public override void Say(string line) => Said.Add(line);
    }
}
