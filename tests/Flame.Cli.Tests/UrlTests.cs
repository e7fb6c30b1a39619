using Flame.Cli.Tests.Running;
using Flame.Control;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Flame.Cli.Tests;

/// <summary>A parent that is asked over HTTP.</summary>
public sealed class UrlTests : IAsyncDisposable
{
    private readonly Machine _machine = new();

    public ValueTask DisposeAsync() => _machine.DisposeAsync();

    [Fact]
    public async Task Parent_is_asked_at_its_address_with_the_token()
    {
        await using var pools = await FlameApplication.StartAsync(static flame => flame.Control = false);
        await using var app = await ServeAsync(async context =>
        {
            if (context.Request.Headers.Authorization != "Bearer open") context.Response.StatusCode = 401;
            else
            {
                using var body = new MemoryStream();
                await context.Request.Body.CopyToAsync(body, context.RequestAborted);
                await new ControlCommands(pools, ControlRights.Look).RunAsync(body.ToArray(), context.Response.Body, context.RequestAborted);
            }
        });
        var url = app.Urls.First() + "/flame";
        var process = await _machine.FlameAsync("ps", "--json", "--parent", url, "--token", "open");
        Assert.Equal(Environment.ProcessId, process.Objects.Single().GetProperty("process").GetProperty("process").GetInt32());

        var refused = await _machine.FlameAsync("ps", "--parent", url);
        Assert.Equal(ExitCodes.NoParent, refused.Exit);
        Assert.StartsWith("FLM5013", refused.Error);
    }

    [Fact]
    public async Task Over_http_nothing_is_run_and_without_the_right_nothing_is_changed()
    {
        await using var pools = await FlameApplication.StartAsync(static flame => flame.Control = false);
        foreach (var rights in new[] { ControlRights.Look, ControlRights.Act })
        {
            await using var app = await ServeAsync(async context =>
            {
                using var body = new MemoryStream();
                await context.Request.Body.CopyToAsync(body, context.RequestAborted);
                await new ControlCommands(pools, rights).RunAsync(body.ToArray(), context.Response.Body, context.RequestAborted);
            });
            var url = app.Urls.First() + "/flame";
            Assert.StartsWith("FLM5010", (await _machine.FlameAsync("exec", "gpu/1", "--parent", url, "--", "true")).Error);
            var drain = await _machine.FlameAsync("pool", "drain", "default", "--parent", url);
            Assert.Equal(rights == ControlRights.Look ? ExitCodes.Failed : ExitCodes.Fine, drain.Exit);
        }
    }

    [Fact]
    public async Task Dashboard_answers_the_tool_and_lets_it_change_what_it_may()
    {
        foreach (var allows in new[] { false, true })
        {
            var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
            builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
            builder.Services.AddRoutingCore();
            builder.AddFlame(static flame => flame.Control = false);
            await using var app = builder.Build();
            app.UseRouting();
            app.MapFlameDashboard(configure: options => (options.AllowActions, options.ShowArguments) = (allows, false));
            await app.StartAsync(TestContext.Current.CancellationToken);
            var url = app.Urls.First() + "/flame";
            var process = await _machine.FlameAsync("ps", "--json", "--parent", url);
            Assert.Equal(Environment.ProcessId, process.Objects.Single().GetProperty("process").GetProperty("process").GetInt32());
            Assert.Equal(allows ? ExitCodes.Fine : ExitCodes.Failed, (await _machine.FlameAsync("pool", "drain", "default", "--parent", url)).Exit);
            Assert.StartsWith("FLM5010", (await _machine.FlameAsync("exec", "default/1", "--parent", url, "--", "true")).Error);
        }
    }

    [Fact]
    public async Task Address_without_a_dashboard_is_no_parent()
    {
        await using var app = await ServeAsync(static context =>
        {
            context.Response.StatusCode = 404;
            return Task.CompletedTask;
        });
        var result = await _machine.FlameAsync("ps", "--parent", app.Urls.First() + "/flame");
        Assert.Equal(ExitCodes.NoParent, result.Exit);
        Assert.StartsWith("FLM5004", result.Error);
    }

    private static async Task<WebApplication> ServeAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Run(answer);
        await app.StartAsync();
        return app;
    }
}
