using Flame.EndToEnd.Tests.Calls;

namespace Flame.EndToEnd.Tests.Processes;

public sealed class LostExecutorTests
{
    private static readonly CancellationToken s_none = CancellationToken.None;

    [Fact]
    public async Task Killed_executor_fails_its_calls_and_only_them_and_is_replaced()
    {
        using var gate = new Gate();
        await using var pools = await StartAsync(min: 2, max: 2, concurrency: 2);
        var calls = Enumerable.Range(0, 4).Select(i => Gates.PrintAndPassAsync(gate.Port, $"line of call {i}")).ToArray();
        var inside = await gate.NextAsync(4);
        var victim = inside[0].Process;

        await Signals.KillAsync(victim);
        await Patience.UntilAsync(() => calls.Count(c => c.IsFaulted) == 2);
        foreach (var other in inside.Where(v => v.Process != victim)) other.LetGo();

        var errors = calls.Where(c => c.IsFaulted).Select(c => Assert.IsType<ExecutorLostException>(c.Exception!.InnerException)).ToArray();
        Assert.All(errors, error =>
        {
            Assert.Equal("FLM2004", error.Id);
            Assert.True(error.MayHaveRun);
            Assert.StartsWith($"process {victim} killed by SIGKILL", error.Reason, StringComparison.Ordinal);
            Assert.Contains("last output: ", error.Reason, StringComparison.Ordinal);
            Assert.Contains("line of call ", error.Reason, StringComparison.Ordinal);
            Assert.Contains(error.Reason, error.Message, StringComparison.Ordinal);
        });
        var survivor = inside.First(v => v.Process != victim).Process;
        Assert.Equal([survivor, survivor], await Task.WhenAll(calls.Where(c => !c.IsFaulted)).Patiently());

        await Patience.UntilAsync(() => pools["main"].GetStats().Ready == 2);
        var names = pools["main"].GetStats().Executors;
        Assert.DoesNotContain(names, e => e.Description == $"process {victim}");
        Assert.Contains(names, e => e.Description == $"process {survivor}");
    }

    [Fact]
    public async Task Under_load_each_kill_fails_what_it_hit_and_nothing_else()
    {
        const int Calls = 3000;
        const int Concurrency = 8;
        await using var pools = await StartAsync(min: 2, max: 3, concurrency: Concurrency);
        var pool = pools["main"];
        var done = 0;
        var calls = Enumerable.Range(0, Calls).Select(async i =>
        {
            var error = await Record.ExceptionAsync(async () => Assert.Equal(i + 1, await Sums.AddAsync(i, 1)));
            Interlocked.Increment(ref done);
            return error;
        }).ToArray();

        var killed = new List<string>();
        foreach (var share in new[] { 300, 900, 1500 })
        {
            // One that was killed is among them until the pool has its reason.
            ExecutorStats? victim = null;
            await Patience.UntilAsync(() => Volatile.Read(ref done) >= share
                && (victim = pool.GetStats().Executors.FirstOrDefault(e => IsReady(e) && !killed.Contains(e.Name))) is not null);
            killed.Add(victim!.Name);
            await Signals.KillAsync(ProcessOf(victim));
        }

        var errors = (await Task.WhenAll(calls).Patiently()).OfType<Exception>().ToArray();
        Assert.All(errors, error => Assert.Contains(Assert.IsType<ExecutorLostException>(error).Executor!, killed));
        Assert.All(errors.Cast<ExecutorLostException>().GroupBy(e => e.Executor), hit => Assert.InRange(hit.Count(), 1, Concurrency));
        await Patience.UntilAsync(() => pool.GetStats() is { Running: 0, Waiting: 0, Ready: >= 2 });
    }

    [Fact]
    public async Task An_idempotent_call_is_run_again_elsewhere()
    {
        using var gate = new Gate();
        await using var pools = await StartAsync(min: 0, max: 2, concurrency: 1);
        var call = Gates.PassAgainAsync(gate.Port, s_none);
        var first = await gate.NextAsync();
        await Signals.KillAsync(first.Process);
        var second = await gate.NextAsync();
        second.LetGo();

        Assert.NotEqual(first.Process, second.Process);
        Assert.Equal(second.Process, await call.Patiently());
    }

    [Fact]
    public async Task An_idempotent_call_is_run_again_only_so_often()
    {
        using var gate = new Gate();
        await using var pools = await StartAsync(min: 0, max: 1, concurrency: 1, retries: 1);
        var call = Gates.PassAgainAsync(gate.Port, s_none);
        foreach (var _ in (int[])[1, 2]) await Signals.KillAsync((await gate.NextAsync()).Process);

        await Assert.ThrowsAsync<ExecutorLostException>(() => call.Patiently());
        Assert.False(gate.HasNext);
    }

    [Fact]
    public async Task An_executor_that_exits_is_reported_with_its_code_and_last_lines()
    {
        await using var pools = await StartAsync(min: 0, max: 1, concurrency: 1);
        var error = await Assert.ThrowsAsync<ExecutorLostException>(() => Crashes.ExitAsync(3).Patiently());
        Assert.Matches("^process [0-9]+ exited with code 3; last output: about to exit$", error.Reason);
        Assert.Equal(5, await Sums.AddAsync(2, 3));
    }

    [Fact]
    public async Task Only_an_end_that_nobody_asked_for_repeats_the_last_lines()
    {
        var log = new LogRecorder();
        await using (await StartAsync(min: 0, max: 1, concurrency: 1, log: log))
        {
            await Assert.ThrowsAsync<ExecutorLostException>(() => Crashes.ExitAsync(0).Patiently());
            Assert.Matches("exited with code 0; last output: about to exit$", await GoneAsync("main/1"));

            await Speaker.PrintAsync("said on the second");
            await Signals.TermAsync(await Sums.ProcessAsync());
            Assert.Matches("is gone: process [0-9]+ exited with code 0$", await GoneAsync("main/2"));

            await Speaker.PrintAsync("said on the third");
        }

        Assert.Matches("is gone: process [0-9]+ exited with code 0$", await GoneAsync("main/3"));

        async Task<string> GoneAsync(string executor) => (await log.WhenAsync($"FLM3006 {executor} is gone")).Text;
    }

    [Theory]
    [InlineData("FailFast", "the end of it")]
    [InlineData("Overflow", "Stack overflow")]
    [InlineData("Thread", "nobody caught this")]
    public async Task A_crash_is_reported_with_the_last_words_of_the_runtime(string kind, string words)
    {
        await using var pools = await StartAsync(min: 0, max: 1, concurrency: 1);
        var error = await Assert.ThrowsAsync<ExecutorLostException>(() => (kind switch
        {
            "FailFast" => Crashes.FailFastAsync(words),
            "Overflow" => Crashes.OverflowAsync(),
            _ => Crashes.ThrowOnThreadAsync(words),
        }).Patiently());
        Assert.Contains("killed by SIGABRT", error.Reason, StringComparison.Ordinal);
        Assert.Contains(words, error.Reason, StringComparison.Ordinal);
        Assert.Equal(5, await Sums.AddAsync(2, 3));
    }

    private static Task<FlamePools> StartAsync(int min, int max, int concurrency, int retries = 2, LogRecorder? log = null) =>
        TestPools.StartAsync(f => f.AddPool("main", p => (p.Min, p.Max, p.MaxConcurrency, p.IdempotentRetries) = (min, max, concurrency, retries)), log);

    private static bool IsReady(ExecutorStats executor) => executor.BootTime is not null;

    private static int ProcessOf(ExecutorStats executor) => int.Parse(executor.Description.Split(' ')[1]);
}
