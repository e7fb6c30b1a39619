using System.Diagnostics;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Flame.Dashboard.Tests;

/// <summary>The page in a real browser, over pools of real processes.</summary>
public sealed class PageTests(Browser browser) : IClassFixture<Browser>
{
    private static readonly LocatorAssertionsToBeVisibleOptions s_soon = new() { Timeout = 60_000 };
    private static readonly LocatorAssertionsToContainTextOptions s_inTime = new() { Timeout = 60_000 };

    [Fact]
    public async Task Pool_is_shown_as_it_boots_and_works_and_queues()
    {
        await using var app = await WatchedApp.StartAsync(pool: options => options.Max = 1);
        await using var opened = await browser.OpenAsync(app.Address);
        using var stop = new CancellationTokenSource();
        var calls = Enumerable.Range(0, 3).Select(i => Training.WaitAsync($"call {i}", "x", stop.Token)).ToArray();
        var pool = opened.Page.GetByRole(AriaRole.Article, new() { Name = "Pool gpu" });
        await Expect(pool.GetByRole(AriaRole.Img, new() { NameRegex = new("2 queued, 0 booting, 1 busy, 0 idle, of at most 1") })).ToBeVisibleAsync(s_soon);
        await Expect(opened.Page.GetByRole(AriaRole.Status)).ToHaveTextAsync("live");
        var painted = await pool.Locator("canvas").EvaluateAsync<int>("canvas => new Set(new Uint32Array(canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.buffer)).size");
        Assert.InRange(painted, 3, int.MaxValue);
        await stop.CancelAsync();
        foreach (var call in calls) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await Expect(pool.GetByRole(AriaRole.Img, new() { NameRegex = new("0 queued, 0 booting, 0 busy, 1 idle") })).ToBeVisibleAsync(s_soon);
    }

    [Fact]
    public async Task Killed_executor_is_shown_with_its_reason_and_its_call_among_the_failed()
    {
        await using var app = await WatchedApp.StartAsync();
        await using var opened = await browser.OpenAsync(app.Address);
        using var victim = Process.GetProcessById(await Training.ProcessAsync());
        var call = Training.WaitAsync("before the end", "x", WatchedApp.Patience);
        await opened.Page.GetByRole(AriaRole.Link, new() { Name = "Executors" }).ClickAsync();
        await Expect(opened.Page.GetByRole(AriaRole.Row, new() { NameRegex = new("gpu.1 busy") })).ToContainTextAsync("runtime", s_inTime);
        victim.Kill();
        await Assert.ThrowsAsync<ExecutorLostException>(() => call);
        await Expect(opened.Page.GetByRole(AriaRole.Row, new() { NameRegex = new("gpu.1 gone") })).ToContainTextAsync("SIGKILL", s_inTime);

        await opened.Page.GetByRole(AriaRole.Link, new() { Name = "gpu/1", Exact = true }).ClickAsync();
        await Expect(opened.Page.GetByLabel("Lines")).ToContainTextAsync("before the end", s_inTime);
        await opened.Page.GetByRole(AriaRole.Link, new() { NameRegex = new("Failed 1") }).ClickAsync();
        await Expect(opened.Page.GetByRole(AriaRole.Row, new() { NameRegex = new("Training.WaitAsync") })).ToContainTextAsync("FLM2004", s_inTime);
    }

    [Fact]
    public async Task Call_is_shown_with_where_its_time_went_and_its_arguments_but_none_that_is_secret()
    {
        await using var app = await WatchedApp.StartAsync();
        await using var opened = await browser.OpenAsync(app.Address);
        using var stop = new CancellationTokenSource();
        var call = Training.WaitAsync("hello from inside", "hunter2", stop.Token);
        await opened.Page.GetByRole(AriaRole.Link, new() { Name = "Calls" }).ClickAsync();
        await opened.Page.GetByRole(AriaRole.Link, new() { Name = "Call 1" }).ClickAsync();
        var shown = opened.Page.GetByRole(AriaRole.Region, new() { Name = "Call 1" });
        await Expect(shown).ToContainTextAsync("running", s_inTime);
        foreach (var part in new[] { "queue", "run", "runtime", "connect", "enter" }) await Expect(shown.Locator(".waterfall")).ToContainTextAsync(part, s_inTime);
        await Expect(shown.GetByLabel("Lines")).ToContainTextAsync("hello from inside", s_inTime);
        await shown.GetByRole(AriaRole.Button, new() { Name = "Show arguments" }).ClickAsync();
        await Expect(shown.Locator(".arguments")).ToContainTextAsync("\"hello from inside\"", s_inTime);
        await Expect(shown.Locator(".arguments")).ToContainTextAsync("(hidden)", s_inTime);
        Assert.DoesNotContain("hunter2", await opened.Page.ContentAsync(), StringComparison.Ordinal);
        await Expect(shown.GetByRole(AriaRole.Button, new() { Name = "Cancel this call" })).ToBeHiddenAsync();
        await opened.PictureAsync("dashboard-call");
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await Expect(shown).ToContainTextAsync("cancelled", s_inTime);
    }

    [Fact]
    public async Task Curves_grow_and_one_is_named_highlighted_and_cancelled_and_no_other_is()
    {
        const int Curves = 6;
        await using var app = await WatchedApp.StartAsync(options => options.AllowActions = true, pool => (pool.Max, pool.MaxConcurrency) = (1, 64));
        await using var opened = await browser.OpenAsync(new Uri(app.Address, "#/curves"));
        using var stop = new CancellationTokenSource();
        var streams = Enumerable.Range(1, Curves).Select(i => DrainAsync(Training.DescendAsync(i, 40, stop.Token))).ToArray();
        var legend = opened.Page.GetByRole(AriaRole.Listitem);
        await Expect(legend).ToHaveCountAsync(Curves, new() { Timeout = 60_000 });
        await Expect(legend.First).ToContainTextAsync("Training.DescendAsync", s_inTime);
        await Expect(legend.Filter(new() { HasText = "0.20408" })).ToHaveCountAsync(1, new() { Timeout = 60_000 }); // 1 / 4.9

        // Over the end of the highest curve, which has all of the height to itself.
        var canvas = opened.Page.Locator("canvas.curves");
        var box = (await canvas.BoundingBoxAsync())!;
        await canvas.HoverAsync(new() { Position = new() { X = 54, Y = 12 } });
        await Expect(opened.Page.Locator("section[aria-label=Curves] > p")).ToContainTextAsync(": 6 at 0", s_inTime);
        await canvas.ClickAsync(new() { Position = new() { X = 54, Y = 12 } });
        await Expect(opened.Page.Locator("button.curve[aria-pressed=true]")).ToHaveCountAsync(1);
        Assert.InRange(box.Height, 100, 600);
        await opened.PictureAsync("dashboard-curves");

        var first = legend.First;
        var id = (await first.Locator(".name").TextContentAsync())!.Split('#')[1];
        await first.GetByRole(AriaRole.Button, new() { Name = $"Cancel call {id}" }).ClickAsync();
        var cancelled = await Task.WhenAny(streams);
        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        Assert.StartsWith("FLM2021", error.Message, StringComparison.Ordinal);
        await Expect(first).ToContainTextAsync("cancelled", s_inTime);
        Assert.Equal(Curves - 1, streams.Count(stream => !stream.IsCompleted));
        await stop.CancelAsync();
        foreach (var stream in streams) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stream);
    }

    [Fact]
    public async Task What_others_wrote_stays_text()
    {
        const string Evil = "<img src=x onerror=alert(1)><script>alert(2)</script>";
        await using var app = await WatchedApp.StartAsync();
        await using var opened = await browser.OpenAsync(new Uri(app.Address, "#/failed"));
        await Assert.ThrowsAsync<InvalidDataException>(() => Training.FailAsync(Evil));
        await Expect(opened.Page.GetByRole(AriaRole.Row, new() { NameRegex = new("Training.FailAsync") })).ToContainTextAsync(Evil, s_inTime);
        await opened.Page.GetByRole(AriaRole.Link, new() { NameRegex = new("^Call ") }).ClickAsync();
        await opened.Page.GetByRole(AriaRole.Button, new() { Name = "Show arguments" }).ClickAsync();
        await Expect(opened.Page.Locator(".arguments")).ToContainTextAsync(Evil, s_inTime);
        Assert.Equal(0, await opened.Page.Locator("main img, main script").CountAsync());
    }

    [Theory]
    [InlineData(ColorScheme.Dark, 1200, "dashboard-dark")]
    [InlineData(ColorScheme.Light, 1200, "dashboard-light")]
    [InlineData(ColorScheme.Light, 360, "dashboard-phone")]
    public async Task Every_view_fits_a_screen_in_light_and_dark(ColorScheme scheme, int width, string picture)
    {
        await using var app = await WatchedApp.StartAsync(pool: options => options.Max = 2);
        await using var opened = await browser.OpenAsync(app.Address, width, 740, scheme);
        await Assert.ThrowsAsync<InvalidDataException>(() => Training.FailAsync(new string('f', 300)));
        using var stop = new CancellationTokenSource();
        var calls = Enumerable.Range(0, 4).Select(_ => Training.WaitAsync(new string('w', 300), "x", stop.Token)).Append<Task>(DrainAsync(Training.DescendAsync(3, 20, stop.Token))).ToArray();
        await Expect(opened.Page.GetByRole(AriaRole.Img, new() { NameRegex = new("2 busy") })).ToBeVisibleAsync(s_soon);
        foreach (var view in new[] { "executors", "executor/gpu%2F1", "calls", "call/1", "curves", "failed", "cost", "" })
        {
            await opened.Page.EvaluateAsync("view => { location.hash = '#/' + view; }", view);
            await Expect(opened.Page.Locator("main .card").First).ToBeVisibleAsync(s_soon);
            Assert.False(await opened.OverflowsAsync(), $"{view} is wider than {width}");
        }

        var back = await opened.Page.EvaluateAsync<string>("() => getComputedStyle(document.body).backgroundColor");
        Assert.Equal(scheme == ColorScheme.Dark, back is "rgb(20, 23, 26)");
        await opened.PictureAsync(picture, TimeSpan.FromSeconds(15));
        await stop.CancelAsync();
        foreach (var call in calls) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Fact]
    public async Task Keyboard_alone_leads_to_a_call()
    {
        await using var app = await WatchedApp.StartAsync();
        await Assert.ThrowsAsync<InvalidDataException>(() => Training.FailAsync("broken"));
        await using var opened = await browser.OpenAsync(app.Address);
        var keyboard = opened.Page.Keyboard;
        await Expect(opened.Page.GetByRole(AriaRole.Link, new() { NameRegex = new("Failed 1") })).ToBeVisibleAsync(s_soon);
        for (var i = 0; i < 6; i++) await keyboard.PressAsync("Tab"); // the skip link, and the views up to the failed ones
        await keyboard.PressAsync("Enter");
        await Expect(opened.Page.GetByRole(AriaRole.Region, new() { Name = "Failed calls" })).ToBeVisibleAsync(s_soon);
        await Expect(opened.Page.GetByRole(AriaRole.Link, new() { NameRegex = new("^Call ") })).ToBeVisibleAsync(s_soon);
        await keyboard.PressAsync("Tab");
        await keyboard.PressAsync("Enter");
        await Expect(opened.Page.GetByRole(AriaRole.Region, new() { NameRegex = new("^Call ") })).ToContainTextAsync("broken", s_inTime);
    }

    [Fact]
    public async Task Page_says_that_its_parent_is_gone_and_goes_on_when_it_is_back()
    {
        var app = await WatchedApp.StartAsync();
        var address = app.Address;
        await using var opened = await browser.OpenAsync(address);
        var status = opened.Page.GetByRole(AriaRole.Status);
        await Expect(status).ToHaveTextAsync("live", new() { Timeout = 60_000 });
        await app.DisposeAsync();
        await Expect(status).ToContainTextAsync("does not answer", s_inTime);
        await using var again = await WatchedApp.StartAsync(port: address.Port);
        await Expect(status).ToHaveTextAsync("live", new() { Timeout = 60_000 });
    }

    private static async Task DrainAsync<T>(IAsyncEnumerable<T> items)
    {
        await foreach (var _ in items)
        {
        }
    }
}
