using System.Buffers.Text;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Flame.EndToEnd.Tests.Calls;
using Flame.Wire;

namespace Flame.EndToEnd.Tests.Processes;

/// <summary>Executors whose parent is wrong, silent or not there.</summary>
public sealed class ExecutorStartTests
{
    private static readonly string s_token = FlameParent.NewToken();

    [Theory]
    [InlineData("bare", "not base64url!")]
    [InlineData("host", "not base64url!")]
    [InlineData("web", "not base64url!")]
    [InlineData("bare", null)]
    public async Task A_malformed_parent_is_one_line_and_shows_no_secret(string way, string? value)
    {
        value ??= Base64Url.EncodeToString(Encoding.UTF8.GetBytes($$"""{"v":1,"endpoints":["unix:/x"],"token":"{{s_token}}"}"""));
        await using var app = AppProcess.Start(AppProcess.Path, [way, "where"], (FlameParent.Variable, value));

        Assert.Equal(70, await app.EndAsync());
        Assert.StartsWith("error: FLM2101: ", app.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', app.Output);
        Assert.DoesNotContain(s_token, app.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(value, app.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"endpoints\":[\"unix:link.sock\"]", "an endpoint is a path")]
    [InlineData("\"endpoints\":[\"unix:/tmp/../etc/link.sock\"]", "an endpoint is a path")]
    [InlineData("\"endpoints\":[\"tcp:127.0.0.1:1\"],\"later\":01", "it is not JSON")]
    [InlineData("\"token\":\"AAAA\"", "field token is there twice")]
    public async Task A_parent_that_leads_back_is_no_JSON_or_says_a_thing_twice_is_one_line_too(string fields, string problem)
    {
        var json = $$"""{"v":1,"pool":"main","executor":"main/1","token":"{{s_token}}","build":"b","backend":"local",{{fields}}}""";
        await using var app = AppProcess.Start(AppProcess.Path, ["bare", "where"], (FlameParent.Variable, Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json))));

        Assert.Equal(70, await app.EndAsync());
        Assert.StartsWith($"error: FLM2101: FLAME_PARENT is malformed: {problem}", app.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', app.Output);
        Assert.DoesNotContain(s_token, app.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_executor_that_was_cut_off_unheard_comes_again()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        await using var app = Start([$"tcp:{listener.LocalEndpoint}"], "bare", "where");
        using (await listener.AcceptSocketAsync().Patiently())
        {
        }

        using (var link = await listener.AcceptSocketAsync().Patiently())
        {
            var rules = new ParentHello(null, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1), 1024);
            Assert.NotEqual(0, await link.ReceiveAsync(new byte[64 * 1024]).Patiently());
            await link.SendAsync(Handshake.Frame(rules.Encode()));
            Assert.NotEqual(0, await link.ReceiveAsync(new byte[64 * 1024]).Patiently());
        }

        // It was in, and ends as those do whose parent is gone.
        Assert.NotEqual(72, await app.EndAsync());
        Assert.DoesNotContain("FLM2105", app.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_executor_that_never_reaches_its_parent_ends_by_itself_and_names_the_addresses()
    {
        await using var app = StartFor("unix:/nowhere/link.sock", "tcp:127.0.0.1:1");

        Assert.Equal(72, await app.EndAsync());
        Assert.StartsWith("error: FLM2105: executor main/1 could not reach its parent within 20 s at unix:/nowhere/link.sock, tcp:127.0.0.1:1: ", app.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', app.Output);
        Assert.DoesNotContain(s_token, app.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_executor_whose_parent_does_not_answer_ends_by_itself(bool hangsUp)
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        await using var app = StartFor($"tcp:{silent.LocalEndpoint}");
        using var connection = await silent.AcceptSocketAsync().Patiently();
        if (hangsUp) connection.Dispose();

        Assert.Equal(72, await app.EndAsync());
        Assert.StartsWith("error: FLM2105: the parent did not answer executor main/1: ", app.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', app.Output);
    }

    [Fact]
    public async Task An_executor_whose_parent_dies_before_it_is_reached_ends_at_once()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        await using var app = Start([$"tcp:{silent.LocalEndpoint}"], "bare", "where");
        using var connection = await silent.AcceptSocketAsync().Patiently();

        app.CloseInput();

        await app.EndAsync();
        Assert.Empty(app.Output);
    }

    [Fact]
    public async Task An_executor_that_lost_its_link_first_still_ends_with_its_parent()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        await using var app = Start([$"tcp:{listener.LocalEndpoint}"], "bare", "where", "enter-ignores-its-token");
        using (var link = await listener.AcceptSocketAsync().Patiently())
        {
            // Far beyond the test's patience: what ends it is the end of its parent.
            var rules = new ParentHello(null, TimeSpan.FromMinutes(1), TimeSpan.FromHours(1), TimeSpan.FromHours(1), 1024);
            await link.SendAsync(Handshake.Frame(rules.Encode()));
            await app.NextAsync("entering");
        }

        await app.NextAsync("told");
        app.CloseInput();

        await app.EndAsync();
    }

    // On a fast clock, for the limit is 20 seconds.
    private static AppProcess StartFor(params string[] endpoints) => Start(endpoints, "bare", "where", "fast-clock");

    private static AppProcess Start(string[] endpoints, params string[] arguments)
    {
        var parent = new FlameParent { Pool = "main", Executor = "main/1", Backend = "local", BuildId = "b", Endpoints = endpoints, Token = s_token };
        return AppProcess.Start(AppProcess.Path, arguments, (FlameParent.Variable, parent.Encode()));
    }
}
