using System.Net;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Flame.Dashboard.Tests;

/// <summary>A page that stays open while much happens, and whoever goes through it by keyboard.</summary>
public sealed class LongLookTests(Browser browser) : IClassFixture<Browser>
{
    private const string Evil = "<img src=x onerror=alert(1)><script>alert(2)</script>";
    private const float Soon = 60_000;

    [Fact]
    public async Task Sixty_four_curves_are_drawn_at_once_and_go_on()
    {
        const int Curves = 64;
        await using var app = await WatchedApp.StartAsync(pool: options => (options.Max, options.MaxConcurrency) = (1, Curves));
        await using var opened = await browser.OpenAsync(new Uri(app.Address, "#/curves"));
        var sources = Enumerable.Range(0, Curves).Select(static _ => Channel.CreateUnbounded<double>()).ToArray();
        var streams = sources.Select(static (source, i) => DrainAsync(Training.Remote.With(new FlameCallOptions { Tag = $"rate {i}" }).EchoAsync(source.Reader.ReadAllAsync(WatchedApp.Patience)))).ToArray();
        foreach (var source in sources) source.Writer.TryWrite(1.5);
        var legend = opened.Page.GetByRole(AriaRole.Listitem);
        await Expect(legend.Filter(new() { HasText = "1.5" })).ToHaveCountAsync(Curves, new() { Timeout = Soon });
        await Expect(legend.Filter(new() { HasText = "rate " })).ToHaveCountAsync(Curves, new() { Timeout = Soon });
        for (var i = 0; i < Curves; i++) sources[i].Writer.TryWrite(1000 + i);
        for (var i = 0; i < Curves; i += 21) await Expect(legend.Filter(new() { HasText = $"{1000 + i}" })).ToContainTextAsync($"rate {i} ", new() { Timeout = Soon });

        var painted = await opened.Page.Locator("canvas.curves").EvaluateAsync<int>("canvas => new Set(new Uint32Array(canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.buffer)).size");
        Assert.InRange(painted, Curves, int.MaxValue);
        foreach (var source in sources) source.Writer.Complete();
        foreach (var stream in streams) await stream.WaitAsync(WatchedApp.Patience);
        await Expect(legend.Filter(new() { HasText = "succeeded" })).ToHaveCountAsync(Curves, new() { Timeout = Soon });
    }

    [Fact]
    public async Task Call_with_a_curve_is_told_of_however_many_came_after_it()
    {
        const int Others = 150;
        await using var app = await WatchedApp.StartAsync(pool: options => (options.Max, options.MaxConcurrency) = (1, 1_000));
        using var client = new HttpClient();
        using var stop = new CancellationTokenSource();
        var items = Training.Remote.With(new FlameCallOptions { Tag = "the first" }).DescendAsync(1, 5, stop.Token).GetAsyncEnumerator(stop.Token);
        Assert.True(await items.MoveNextAsync());
        var calls = Enumerable.Range(0, Others).Select(_ => Training.WaitAsync("x", "y", stop.Token)).ToArray();
        using var page = new StreamReader(await client.GetStreamAsync(new Uri(app.Address, "live"), WatchedApp.Patience));
        PageMoment moment;
        do moment = await NextAsync(page);
        while (moment.Process.Pools.Single(static pool => pool.Name == "gpu").Running <= Others);
        Assert.DoesNotContain(moment.Running, static call => call.Tag is not null);
        Assert.Equal(("the first", "running"), Assert.Single(moment.Drawn.Select(static call => (call.Tag, call.State))));
        await stop.CancelAsync();
        foreach (var call in calls) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            while (await items.MoveNextAsync())
            {
            }
        });
    }

    [Fact]
    public async Task Page_that_stays_open_forgets_curves_of_calls_that_ended_long_ago()
    {
        await using var app = await WatchedApp.StartAsync();
        await using var opened = await browser.OpenAsync(app.Address);
        var kept = await opened.Page.EvaluateAsync<string[]>(
            """
            async () => {
              const { store, forgetCurves } = await import('./store.js');
              store.running = [{ id: '1', state: 'running' }];
              for (let id = 1; id <= 1000; id++) store.curves.set(String(id), { call: String(id), points: [0, 0] });
              forgetCurves();
              return [...store.curves.keys()];
            }
            """);
        Assert.Equal(["1", .. Enumerable.Range(874, 127).Select(static id => $"{id}")], kept);
    }

    [Fact]
    public async Task What_has_the_focus_keeps_it_when_rows_before_it_go()
    {
        await using var app = await WatchedApp.StartAsync();
        await using var opened = await browser.OpenAsync(app.Address);
        var focused = await opened.Page.EvaluateAsync<string>(
            """
            async () => {
              const { h, keyed } = await import('./dom.js');
              const list = h('ul');
              document.body.append(list);
              const show = items => keyed(list, items, item => item, item => h('button', {}, item), () => {});
              show(['a', 'b', 'c']);
              list.children[2].focus();
              show(['new', 'c', 'd']);
              return document.activeElement.textContent + ' of ' + list.textContent;
            }
            """);
        Assert.Equal("c of newcd", focused);
    }

    [Fact]
    public async Task Skip_link_leads_into_the_view_that_is_shown()
    {
        await using var app = await WatchedApp.StartAsync();
        await using var opened = await browser.OpenAsync(new Uri(app.Address, "#/cost"));
        await Expect(opened.Page.GetByRole(AriaRole.Status)).ToHaveTextAsync("live", new() { Timeout = Soon });
        await opened.Page.Locator("a.skip").FocusAsync();
        await opened.Page.Keyboard.PressAsync("Enter");
        await Expect(opened.Page.Locator("main")).ToBeFocusedAsync();
        await Expect(opened.Page.GetByRole(AriaRole.Region, new() { Name = "Cost" })).ToBeVisibleAsync();
        Assert.EndsWith("#/cost", opened.Page.Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Arrow_keys_lead_from_row_to_row_and_from_curve_to_curve()
    {
        await using var app = await WatchedApp.StartAsync(pool: options => (options.Max, options.MaxConcurrency) = (1, 10));
        await using var opened = await browser.OpenAsync(new Uri(app.Address, "#/failed"));
        for (var i = 0; i < 3; i++) await Assert.ThrowsAsync<InvalidDataException>(() => Training.FailAsync("broken"));
        await opened.Page.GetByRole(AriaRole.Link, new() { Name = "Call 2" }).FocusAsync();
        await opened.Page.Keyboard.PressAsync("ArrowDown");
        await Expect(opened.Page.GetByRole(AriaRole.Link, new() { Name = "Call 1" })).ToBeFocusedAsync();
        await opened.Page.Keyboard.PressAsync("ArrowUp");
        await opened.Page.Keyboard.PressAsync("ArrowUp");
        await Expect(opened.Page.GetByRole(AriaRole.Link, new() { Name = "Call 3" })).ToBeFocusedAsync();

        using var stop = new CancellationTokenSource();
        var streams = Enumerable.Range(1, 2).Select(i => DrainAsync(Training.DescendAsync(i, 5, stop.Token))).ToArray();
        await opened.Page.GetByRole(AriaRole.Link, new() { Name = "Curves" }).ClickAsync();
        var curves = opened.Page.Locator("button.curve");
        await Expect(curves).ToHaveCountAsync(2, new() { Timeout = Soon });
        await curves.First.FocusAsync();
        await opened.Page.Keyboard.PressAsync("ArrowDown");
        await opened.Page.Keyboard.PressAsync("Enter");
        await Expect(curves.Last).ToHaveAttributeAsync("aria-pressed", "true");
        await stop.CancelAsync();
        foreach (var stream in streams) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stream);
    }

    [Fact]
    public async Task Lines_and_tags_stay_text()
    {
        await using var app = await WatchedApp.StartAsync(pool: options => (options.Max, options.MaxConcurrency) = (1, 10));
        await using var opened = await browser.OpenAsync(app.Address);
        using var stop = new CancellationTokenSource();
        var tagged = new FlameCallOptions { Tag = Evil };
        var call = Training.Remote.With(tagged).WaitAsync(Evil, "x", stop.Token);
        var stream = DrainAsync(Training.Remote.With(tagged).DescendAsync(1, 5, stop.Token));
        await Expect(opened.Page.GetByRole(AriaRole.Img, new() { NameRegex = new("1 busy") })).ToBeVisibleAsync(new() { Timeout = Soon });
        foreach (var (view, shown) in new[] { ("calls", "table"), ("curves", "ul.legend"), ("executor/gpu%2F1", "pre"), ("call/1", "dl.facts"), ("call/1", "pre") })
        {
            await opened.Page.EvaluateAsync("view => { location.hash = '#/' + view; }", view);
            await Expect(opened.Page.Locator($"main {shown}").First).ToContainTextAsync(Evil, new() { Timeout = Soon });
            Assert.Equal(0, await opened.Page.Locator("main img, main script").CountAsync());
        }

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stream);
    }

    [Fact]
    public async Task Application_that_lets_everybody_in_has_not_said_who_may()
    {
        await using var app = await WatchedApp.StartAsync(
            services: static builder => builder.Services.AddAuthorization(),
            configure: static app =>
            {
                app.UseAuthorization();
                return static mapped => mapped.RequireAuthorization().AllowAnonymous();
            });
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, app.Address) { Headers = { Host = "flame.example" } };
        Assert.Equal(HttpStatusCode.Forbidden, (await client.SendAsync(request, WatchedApp.Patience)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(app.Address, WatchedApp.Patience)).StatusCode);
    }

    [Theory]
    [InlineData("X-Forwarded-For", "203.0.113.7")]
    [InlineData("Forwarded", "for=203.0.113.7")]
    [InlineData("Via", "1.1 proxy")]
    public async Task Whoever_comes_through_a_proxy_of_this_machine_is_not_of_this_machine(string header, string value)
    {
        await using var app = await WatchedApp.StartAsync();
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, app.Address) { Headers = { { header, value } } };
        using var answer = await client.SendAsync(request, WatchedApp.Patience);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Fact]
    public async Task Connection_without_an_address_is_not_taken_for_one_of_this_machine()
    {
        await using var app = await WatchedApp.StartAsync(configure: static app =>
        {
            app.Use(static (context, next) =>
            {
                context.Connection.RemoteIpAddress = null;
                return next(context);
            });
            return static _ => { };
        });
        using var client = new HttpClient();
        Assert.Equal(HttpStatusCode.Forbidden, (await client.GetAsync(app.Address, WatchedApp.Patience)).StatusCode);
    }

    [Fact]
    public async Task Application_ends_though_somebody_looks_and_somebody_follows()
    {
        // Else the host would cut them off after its own time, and the test would pass without what it is for.
        var app = await WatchedApp.StartAsync(services: static builder => builder.Services.Configure<HostOptions>(static host => host.ShutdownTimeout = Timeout.InfiniteTimeSpan));
        using var client = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
        using var page = new StreamReader(await client.GetStreamAsync(new Uri(app.Address, "live"), WatchedApp.Patience));
        await NextAsync(page);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(app.Address, "control")) { Content = new StringContent("""{"command":"watch"}"""), Headers = { { "X-Flame-Action", "1" } } };
        using var followed = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, WatchedApp.Patience);
        await app.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromMinutes(2), WatchedApp.Patience);
    }

    private static async Task<PageMoment> NextAsync(StreamReader page)
    {
        while (true)
        {
            var line = await page.ReadLineAsync(WatchedApp.Patience) ?? throw new EndOfStreamException();
            if (line.StartsWith("data: ", StringComparison.Ordinal)) return JsonSerializer.Deserialize(line["data: ".Length..], PageJson.Default.PageMoment)!;
        }
    }

    private static async Task DrainAsync<T>(IAsyncEnumerable<T> items)
    {
        await foreach (var _ in items)
        {
        }
    }
}
