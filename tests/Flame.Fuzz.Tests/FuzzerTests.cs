namespace Flame.Fuzz.Tests;

/// <summary>The fuzzer finds what it is there to find, so that finding nothing says something.</summary>
public sealed class FuzzerTests
{
    private static readonly byte[][] s_seeds = [[1, 0, 0, 0, 9], [2, 0, 0, 0, 9, 9]];

    [Fact]
    public void Length_that_is_believed_is_found_by_what_is_allocated()
    {
        var finding = Assert.Single(Run(new Planted(static input =>
        {
            if (input.Length >= 4 && BitConverter.ToInt32(input) is > 0 and < 100_000_000 and var length) GC.KeepAlive(new byte[length]);
        })).Findings);
        Assert.Contains("allocated", finding.What, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_behind_the_end_is_found_by_what_it_throws()
    {
        var result = Run(new Planted(static input =>
        {
            if (input.Length >= 4 && BitConverter.ToInt32(input) is > 0 and < 1000 and var length) _ = input[4 + length - 1];
        }));
        Assert.Contains("IndexOutOfRange", Assert.Single(result.Findings).What, StringComparison.Ordinal);
        Assert.NotEmpty(result.Findings[0].Input);
    }

    [Fact]
    public async Task Input_that_has_no_end_is_found_by_the_watch()
    {
        using var go = new ManualResetEventSlim();
        var hung = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var trial = new Trial(() => hung.TrySetResult());
        var tried = 0;

        // The first two are no trial: they compile what the others run.
        var run = Task.Run(() => new Fuzzer(new Planted(_ => Wait()), 1, trial.Last).Run(3));
        try
        {
            await hung.Task.WaitAsync(TimeSpan.FromSeconds(60));
            Assert.Equal(3, tried);
        }
        finally
        {
            go.Set();
        }

        await run;
        Assert.Equal("planted", LastInput.Read(trial.Path).Target);

        void Wait()
        {
            if (++tried == 3) go.Wait();
        }
    }

    [Fact]
    public void Same_seed_tries_the_same_inputs()
    {
        Assert.Equal(Tried(7), Tried(7));
        Assert.NotEqual(Tried(7), Tried(8));

        static List<string> Tried(int seed)
        {
            var tried = new List<string>();
            using var trial = new Trial();
            new Fuzzer(new Planted(input => tried.Add(Convert.ToHexString(input))), seed, trial.Last).Run(300);
            return tried;
        }
    }

    private static FuzzResult Run(FuzzTarget target)
    {
        using var trial = new Trial();
        return new Fuzzer(target, 1, trial.Last).Run(20_000);
    }

    private sealed class Planted(Planted.Read read) : FuzzTarget
    {
        public delegate void Read(ReadOnlySpan<byte> input);

        public override string Name => "planted";

        public override IReadOnlyList<byte[]> Seeds => s_seeds;

        // What the tests themselves keep of an input.
        public override (long Always, long ForEachByte) Allowance => (1024 * 1024, 64);

        public override void Run(ReadOnlySpan<byte> input) => read(input);
    }
}

/// <summary>The file of one run of the fuzzer.</summary>
internal sealed class Trial : IDisposable
{
    public Trial(Action? hung = null) => Last = new LastInput(Path, hung is null ? TimeSpan.FromMinutes(5) : TimeSpan.FromMilliseconds(50), hung ?? (static () => Environment.FailFast("an input hangs")));

    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"flame-fuzz-{Guid.NewGuid():N}.input");

    public LastInput Last { get; }

    public void Dispose()
    {
        Last.Dispose();
        File.Delete(Path);
    }
}
