using System.Text.RegularExpressions;

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

    [Fact]
    public async Task Mapping_takes_results_in_order_folds_them_and_keeps_a_failure_as_one()
    {
        await using var sample = await RunAsync("Mapping");
        Assert.Equal(["day 1", "day 2", "day 3"], sample.Out[..3].Select(line => line.Split(':')[0]));
        Assert.All(sample.Out[..3], line => Assert.Matches(@": \d+ requests failed$", line));

        // Every whole line of the twenty days is in the fold, once.
        var paths = Regex.Match(sample.Out[3], @"^/cart (\d+), /home (\d+)$");
        Assert.Equal(20 * 5000, int.Parse(paths.Groups[1].Value) + int.Parse(paths.Groups[2].Value));
        Assert.Equal(["day 1", "day 6", "day 11", "day 13 cannot be read", "day 16"], sample.Out[4..].Select(line => line.Split(':')[0]));
        Assert.Equal("day 13 cannot be read: 'GET /ho' has no time", sample.Out[7]);
    }

    [Fact]
    public async Task Streaming_packs_an_upload_with_reports_and_stops_when_its_reader_has_enough()
    {
        await using var sample = await RunAsync("Streaming");
        Assert.Equal(["25 % packed", "50 % packed", "75 % packed", "100 % packed"], sample.Out[..4]);
        Assert.Matches(@"^\d\d,\d\d\d,\d\d\d bytes became \d,\d\d\d,\d\d\d$", sample.Out[4]);
        Assert.Equal("SHA-256 there and here: the same", sample.Out[5]);
        Assert.NotEmpty(sample.Out[6..]);
        Assert.All(sample.Out[6..], line => Assert.Matches(@"^\d{6} sensor 42 reads 9\d*$", line));
    }

    [Fact]
    public async Task Calls_end_in_time_are_awaited_later_cancelled_and_tried_again()
    {
        await using var sample = await RunAsync("Calls");
        Assert.Matches(@"^Execution: FLM2006: .* within 0\.3 s \(Timeout of this call\)\.$", sample.Out[0]);
        Assert.Matches(@"^stamp 157037, Succeeded on cpu/\d$", sample.Out[1]);
        Assert.Equal(["the endless one: Cancelled", "the shop answered at visit 3"], sample.Out[2..]);
    }

    [Fact]
    public async Task Injection_runs_what_is_marked_on_the_pool()
    {
        await using var sample = await RunAsync("Injection");
        Assert.Equal(
            ["Night train, 10 s: cut at [40, 90, 200], says video/1", "The garden, 10 s: cut at [75], says video/1", "One take, 10 s: cut at [], says video/1"],
            sample.Out);
    }

    [Fact]
    public async Task Batching_carries_many_callers_in_few_calls()
    {
        await using var sample = await RunAsync("Batching");
        Assert.EndsWith("; 200 of 200 are right", sample.Out[0]);
        var calls = int.Parse(Regex.Match(sample.Out[1], @"^200 callers, (\d+) calls$").Groups[1].Value);
        var items = sample.Out[2..^1].Select(line => int.Parse(Regex.Match(line, @"^cpu/\d, call \d+, carried (\d+) items$").Groups[1].Value)).ToArray();
        Assert.Equal((calls, 200), (items.Length, items.Sum()));
        Assert.All(items, count => Assert.InRange(count, 1, 32));

        // Seven are enough for two hundred; a machine that is slow to bring the callers together may take some more.
        Assert.InRange(calls, 7, 50);
        Assert.Equal("Dictionary Exception", sample.Out[^1]);
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
