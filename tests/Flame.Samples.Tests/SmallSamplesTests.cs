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

    private static async Task<SampleProcess> RunAsync(string name)
    {
        var temporary = Directory.CreateTempSubdirectory("flame-");
        try
        {
            var sample = await SampleProcess.RunSmallAsync(name, temporary.FullName);
            Assert.True(sample.ExitCode == 0, sample.Everything);
            Assert.Empty(sample.Errors);
            await sample.NothingIsLeftAsync();
            Assert.DoesNotContain(temporary.GetFileSystemInfos(), file => !IsOfTheRuntime(file.Name));
            return sample;
        }
        finally
        {
            temporary.Delete(recursive: true);
        }
    }

    // Where .NET waits for debuggers. It takes them away at its end, but not where it is killed: as an executor that is not needed any more.
    private static bool IsOfTheRuntime(string file) =>
        file.StartsWith("clr-debug-pipe-", StringComparison.Ordinal) || file.StartsWith("dotnet-diagnostic-", StringComparison.Ordinal);
}
