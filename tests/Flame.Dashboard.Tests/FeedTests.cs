using System.Text.Json;
using Flame.Observation;

namespace Flame.Dashboard.Tests;

/// <summary>What open pages are sent.</summary>
public sealed class FeedTests
{
    [Fact]
    public async Task Slow_page_is_given_no_more_than_it_takes_and_then_the_whole_picture()
    {
        var page = new OpenPage();
        Assert.True(page.Give("first"u8.ToArray()));
        Assert.False(page.Give("second"u8.ToArray()));
        Assert.False(page.Give("third"u8.ToArray()));
        Assert.True(page.IsBehind);
        page.Catch("whole, too early"u8.ToArray());
        Assert.Equal("first"u8.ToArray(), (await page.NextAsync(WatchedApp.Patience)).ToArray());
        Assert.False(page.Give("fourth"u8.ToArray()));
        page.Catch("whole"u8.ToArray());
        Assert.False(page.IsBehind);
        Assert.Equal("whole"u8.ToArray(), (await page.NextAsync(WatchedApp.Patience)).ToArray());
        Assert.True(page.Give("fifth"u8.ToArray()));
    }

    [Fact]
    public async Task Page_that_comes_late_has_every_point_of_a_curve_once()
    {
        await using var app = await WatchedApp.StartAsync(pool: options => options.Max = 1);
        using var client = new HttpClient();
        using var stop = new CancellationTokenSource();
        var items = Training.DescendAsync(1, 500, stop.Token).GetAsyncEnumerator(stop.Token);
        for (var i = 0; i < 100; i++) await items.MoveNextAsync();
        using var early = await OpenAsync();
        using var late = await OpenAsync();
        for (var i = 100; i < 500; i++) await items.MoveNextAsync();
        foreach (var page in new[] { early, late })
        {
            var points = new List<double>();
            while (points.Count < 1_000)
            {
                var moment = await NextAsync(page);
                foreach (var curve in moment.Curves.Curves)
                {
                    if (curve.Whole) points.Clear();
                    points.AddRange(curve.Points);
                }
            }

            Assert.Equal(Enumerable.Range(0, 500).Select(static step => (double)step), points.Where(static (_, at) => at % 2 == 0));
        }

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await items.MoveNextAsync());

        async Task<StreamReader> OpenAsync() => new(await client.GetStreamAsync(new Uri(app.Address, "live"), WatchedApp.Patience));
    }

    [Fact]
    public async Task What_a_second_shows_is_bounded_however_much_happens()
    {
        await using var app = await WatchedApp.StartAsync(pool: options => (options.Max, options.MaxConcurrency) = (1, 1_000));
        using var client = new HttpClient();
        using var stop = new CancellationTokenSource();
        var calls = Enumerable.Range(0, 500).Select(_ => Training.WaitAsync("x", "y", stop.Token)).ToArray();
        using var page = new StreamReader(await client.GetStreamAsync(new Uri(app.Address, "live"), WatchedApp.Patience));
        PageMoment moment;
        do moment = await NextAsync(page);
        while (moment.Process.Pools.Single(static pool => pool.Name == "gpu").Running < 500);
        Assert.Equal((100, 50, 0), (moment.Running.Length, moment.Recent.Length, moment.Failed.Length));
        await stop.CancelAsync();
        foreach (var call in calls) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    private static async Task<PageMoment> NextAsync(StreamReader page)
    {
        while (true)
        {
            var line = await page.ReadLineAsync(WatchedApp.Patience) ?? throw new EndOfStreamException();
            if (line.StartsWith("data: ", StringComparison.Ordinal)) return JsonSerializer.Deserialize(line["data: ".Length..], PageJson.Default.PageMoment)!;
        }
    }
}
