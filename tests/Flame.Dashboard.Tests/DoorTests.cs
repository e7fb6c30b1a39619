using System.Net;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Flame.Dashboard.Tests;

/// <summary>Who may see the dashboard, and who may act.</summary>
public sealed class DoorTests
{
    private static CancellationToken Patience => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Page_is_one_with_all_that_it_loads_and_loads_nothing_from_elsewhere()
    {
        await using var app = await WatchedApp.StartAsync();
        using var client = new HttpClient();
        var page = await client.GetStringAsync(app.Address, Patience);
        foreach (var file in new[] { "app.js", "dom.js", "store.js", "pools.js", "executors.js", "calls.js", "curves.js", "cost.js", "lines.js", "style.css", "flame.svg" })
        {
            var text = await client.GetStringAsync(new Uri(app.Address, file), Patience);
            Assert.DoesNotContain("http:", text.Replace("http://www.w3.org/", "", StringComparison.Ordinal), StringComparison.Ordinal);
            Assert.DoesNotContain("innerHTML", text, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("http", page, StringComparison.Ordinal);
        using var answer = await client.GetAsync(app.Address, Patience);
        var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync(new Uri(app.Address, "other.js"), Patience)).StatusCode);
    }

    [Theory]
    [InlineData("evil.example", HttpStatusCode.Forbidden)]
    [InlineData("localhost.evil.example", HttpStatusCode.Forbidden)]
    [InlineData("10.0.0.1", HttpStatusCode.Forbidden)]
    [InlineData("localhost", HttpStatusCode.OK)]
    [InlineData("[::1]", HttpStatusCode.OK)]
    [InlineData("app.localhost", HttpStatusCode.OK)]
    public async Task Name_that_others_could_point_at_this_machine_is_refused(string host, HttpStatusCode status)
    {
        await using var app = await WatchedApp.StartAsync();
        using var client = new HttpClient();
        foreach (var path in new[] { "", "live", "calls", "lines", "app.js" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(app.Address, path)) { Headers = { Host = host } };
            using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Patience);
            Assert.Equal(status, answer.StatusCode);
            if (status == HttpStatusCode.Forbidden) Assert.StartsWith("FLM3040", await answer.Content.ReadAsStringAsync(Patience), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Connection_from_another_machine_is_refused()
    {
        await using var app = await WatchedApp.StartAsync(configure: app =>
        {
            app.Use((context, next) =>
            {
                context.Connection.RemoteIpAddress = IPAddress.Parse("203.0.113.7");
                return next(context);
            });
            return _ => { };
        });
        using var client = new HttpClient();
        Assert.Equal(HttpStatusCode.Forbidden, (await client.GetAsync(app.Address, Patience)).StatusCode);
    }

    [Fact]
    public async Task Policy_opens_it_to_those_whom_it_names_and_to_nobody_else()
    {
        await using var app = await WatchedApp.StartAsync(
            services: builder =>
            {
                builder.Services.AddAuthentication("Test").AddScheme<AuthenticationSchemeOptions, TestScheme>("Test", null);
                builder.Services.AddAuthorizationBuilder().AddPolicy("watch", policy => policy.RequireUserName("ann"));
            },
            configure: app =>
            {
                app.UseAuthentication();
                app.UseAuthorization();
                return mapped => mapped.RequireAuthorization("watch");
            });
        using var client = new HttpClient();
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(null));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync("bob"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("ann"));

        async Task<HttpStatusCode> StatusAsync(string? user)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, app.Address) { Headers = { Host = "flame.example" } };
            if (user is not null) request.Headers.Add("X-User", user);
            return (await client.SendAsync(request, Patience)).StatusCode;
        }
    }

    [Fact]
    public async Task Page_that_only_shows_cancels_nothing()
    {
        await using var app = await WatchedApp.StartAsync();
        Assert.Equal(HttpStatusCode.Forbidden, await CancelAsync(app, "1", request => request.Headers.Add("X-Flame-Action", "1")));
    }

    [Fact]
    public async Task Another_page_cancels_nothing()
    {
        await using var app = await WatchedApp.StartAsync(options => options.AllowActions = true);
        Assert.Equal(HttpStatusCode.Forbidden, await CancelAsync(app, "1", _ => { }));
        Assert.Equal(HttpStatusCode.Forbidden, await CancelAsync(app, "1", request => Own(request, "Origin", "http://evil.example")));
        Assert.Equal(HttpStatusCode.Forbidden, await CancelAsync(app, "1", request => Own(request, "Origin", "null")));
        Assert.Equal(HttpStatusCode.Forbidden, await CancelAsync(app, "1", request => Own(request, "Sec-Fetch-Site", "cross-site")));
        Assert.Equal(HttpStatusCode.Conflict, await CancelAsync(app, "1", request => Own(request, "Origin", $"http://{app.Address.Authority}")));

        static void Own(HttpRequestMessage request, string name, string value)
        {
            request.Headers.Add("X-Flame-Action", "1");
            request.Headers.Add(name, value);
        }
    }

    [Fact]
    public async Task Commands_of_the_tool_come_in_as_over_the_socket_and_act_only_where_that_is_allowed()
    {
        await using var app = await WatchedApp.StartAsync();
        using var client = new HttpClient();
        Assert.Contains("\"pools\"", await AskAsync("""{"command":"status"}"""), StringComparison.Ordinal);
        Assert.Contains("error", await AskAsync("""{"command":"cancel","call":"1"}"""), StringComparison.Ordinal);
        Assert.Contains("FLM5006", await AskAsync("no json"), StringComparison.Ordinal);
        Assert.Contains("FLM5006", await AskAsync(new string('x', 100_000)), StringComparison.Ordinal);
        using var bare = await client.PostAsync(new Uri(app.Address, "control"), new StringContent("""{"command":"status"}"""), Patience);
        Assert.Equal(HttpStatusCode.Forbidden, bare.StatusCode);

        async Task<string> AskAsync(string command)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(app.Address, "control")) { Content = new StringContent(command), Headers = { { "X-Flame-Action", "1" } } };
            return await (await client.SendAsync(request, Patience)).Content.ReadAsStringAsync(Patience);
        }
    }

    private static async Task<HttpStatusCode> CancelAsync(WatchedApp app, string call, Action<HttpRequestMessage> headers)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(app.Address, $"calls/{call}/cancel"));
        headers(request);
        return (await client.SendAsync(request, Patience)).StatusCode;
    }

    private sealed class TestScheme(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(
            Request.Headers["X-User"] is [{ } user]
                ? AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, user)], "Test")), "Test"))
                : AuthenticateResult.NoResult());
    }
}
