namespace Flame.Samples.Tests;

/// <summary>The small samples, run as a user runs them: each ends well, says what its idea promises, and leaves nothing behind.</summary>
public sealed class SmallSamplesTests
{
    [Fact]
    public async Task Blocks_estimate_pi_on_executors()
    {
        await using var sample = await RunAsync("Blocks");
        Assert.Equal("pi is about 3.14", sample.Out[0]);
        Assert.All(sample.Out.Skip(1), line => Assert.Matches(@"^cpu/\d guesses \d\.\d\d\d$", line));
        Assert.True(sample.Out.Length >= 2, sample.Everything);
    }

    [Fact]
    public async Task A_placed_index_keeps_its_words()
    {
        await using var sample = await RunAsync("Placed");
        Assert.Equal(["index/1 knows 7 words", "'quick' is in 0 and 2", "'cat' is in none"], sample.Out);
    }

    private static async Task<SampleProcess> RunAsync(string name)
    {
        var sample = await SampleProcess.RunSmallAsync(name);
        Assert.True(sample.ExitCode == 0, sample.Everything);
        Assert.Empty(sample.Errors);
        await sample.NothingIsLeftAsync();
        return sample;
    }
}
