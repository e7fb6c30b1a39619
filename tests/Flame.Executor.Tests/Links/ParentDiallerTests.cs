using System.Net;
using Flame.Grpc;
using Flame.Links;
using Microsoft.Extensions.Time.Testing;

namespace Flame.Executor.Tests.Links;

/// <summary>How an executor finds its parent among the endpoints that it was told.</summary>
public sealed class ParentDiallerTests
{
    private static readonly TimeSpan s_headStart = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan s_moment = TimeSpan.FromMilliseconds(1);

    private readonly FakeTimeProvider _time = new();
    private readonly ScriptedCarrier _carrier = new();

    [Fact]
    public async Task Only_endpoint_is_dialled_with_the_pin()
    {
        var found = Dialler("scripted:1").TryAsync(CancellationToken.None);
        var dial = await _carrier.NextAsync();
        var stream = dial.Connect();

        Assert.Same(stream, await found.Patiently());
        Assert.Equal(("scripted:1", "pin"), (dial.Endpoint, dial.Pin));
        Assert.False(stream.Closed.IsCompleted);
    }

    [Fact]
    public async Task Only_endpoint_that_refuses_says_why_and_may_be_tried_again()
    {
        var dialler = Dialler("scripted:1");
        var found = dialler.TryAsync(CancellationToken.None);
        (await _carrier.NextAsync()).Refuse();
        Assert.Null(await found.Patiently());
        Assert.Equal("Nobody answers at scripted:1: Connection refused", dialler.LastError);

        found = dialler.TryAsync(CancellationToken.None);
        Assert.Same((await _carrier.NextAsync()).Connect(), await found.Patiently());
    }

    [Theory]
    [InlineData("other:1")]
    [InlineData("other:1", "another:2")]
    [InlineData]
    public async Task Endpoints_that_nothing_dials_are_an_error(params string[] endpoints)
    {
        var dialler = Dialler(endpoints);
        Assert.Null(await dialler.TryAsync(CancellationToken.None).Patiently());
        Assert.Equal("no carrier fits", dialler.LastError);
    }

    [Fact]
    public async Task Endpoint_that_nothing_dials_does_not_matter_beside_others()
    {
        var found = Dialler("other:1", "scripted:2", "other:3").TryAsync(CancellationToken.None);
        Assert.Same((await _carrier.NextAsync()).Connect(), await found.Patiently());
    }

    [Fact]
    public async Task Second_is_dialled_at_once_where_the_first_refuses()
    {
        var found = Dialler("scripted:1", "scripted:2").TryAsync(CancellationToken.None);
        (await _carrier.NextAsync()).Refuse();
        var second = await _carrier.NextAsync();
        Assert.Equal("scripted:2", second.Endpoint);
        Assert.Same(second.Connect(), await found.Patiently());
    }

    [Fact]
    public async Task Second_is_dialled_after_the_head_start_where_the_first_swallows_everything()
    {
        var found = Dialler("scripted:1", "scripted:2").TryAsync(CancellationToken.None);
        var first = await _carrier.NextAsync();
        _time.Advance(s_headStart - s_moment);
        Assert.Equal(1, _carrier.Dialled);

        _time.Advance(s_moment);
        var stream = (await _carrier.NextAsync()).Connect();

        Assert.Same(stream, await found.Patiently());
        Assert.True(first.Token.IsCancellationRequested);
        Assert.False(stream.Closed.IsCompleted);
    }

    [Fact]
    public async Task First_that_answers_within_the_head_start_is_the_only_one()
    {
        var found = Dialler("scripted:1", "scripted:2").TryAsync(CancellationToken.None);
        var first = await _carrier.NextAsync();
        _time.Advance(s_headStart - s_moment);
        var stream = first.Connect();

        Assert.Same(stream, await found.Patiently());
        Assert.Equal(1, _carrier.Dialled);
        Assert.False(stream.Closed.IsCompleted);
    }

    [Fact]
    public async Task First_that_answers_late_still_wins_where_it_is_the_first_to_answer()
    {
        var found = Dialler("scripted:1", "scripted:2").TryAsync(CancellationToken.None);
        var first = await _carrier.NextAsync();
        _time.Advance(s_headStart);
        var second = await _carrier.NextAsync();
        var stream = first.Connect();

        Assert.Same(stream, await found.Patiently());
        Assert.True(second.Token.IsCancellationRequested);
        await second.Connect().Closed.Patiently();
        Assert.False(stream.Closed.IsCompleted);
    }

    [Fact]
    public async Task Connection_that_comes_too_late_is_closed()
    {
        var found = Dialler("scripted:1", "scripted:2").TryAsync(CancellationToken.None);
        var first = await _carrier.NextAsync();
        _time.Advance(s_headStart);
        var stream = (await _carrier.NextAsync()).Connect();
        Assert.Same(stream, await found.Patiently());

        await first.Connect().Closed.Patiently();
        Assert.False(stream.Closed.IsCompleted);
    }

    [Fact]
    public async Task Every_endpoint_gets_a_head_start()
    {
        var found = Dialler("scripted:1", "scripted:2", "scripted:3").TryAsync(CancellationToken.None);
        await _carrier.NextAsync();
        _time.Advance(s_headStart);
        (await _carrier.NextAsync()).Heed();
        for (var turn = 0; turn < 100; turn++) await Task.Yield();
        Assert.Equal(2, _carrier.Dialled);
        await AdvanceUntilAsync(3);
        Assert.Same((await _carrier.NextAsync()).Connect(), await found.Patiently());
    }

    [Fact]
    public async Task Errors_of_all_endpoints_are_told()
    {
        var dialler = Dialler("scripted:1", "scripted:broken", "scripted:3");
        using var patience = new CancellationTokenSource();
        var found = dialler.TryAsync(patience.Token);
        (await _carrier.NextAsync()).Refuse();
        await _carrier.NextAsync();
        (await _carrier.NextAsync()).Heed();
        await patience.CancelAsync();

        Assert.Null(await found.Patiently());
        Assert.Equal("Nobody answers at scripted:1: Connection refused; it is broken; scripted:3 did not answer in time", dialler.LastError);
    }

    [Fact]
    public async Task Token_that_fires_ends_the_search_wherever_it_is()
    {
        using var patience = new CancellationTokenSource();
        var found = Dialler("scripted:1", "scripted:2").TryAsync(patience.Token);
        var first = await _carrier.NextAsync();
        first.Heed();
        await patience.CancelAsync();
        if (!found.IsCompleted) (await _carrier.NextAsync()).Heed();

        Assert.Null(await found.Patiently());
    }

    [Theory]
    [InlineData("::")]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public async Task Parent_is_found_over_the_version_that_reaches_it(string address)
    {
        var grpc = new GrpcCarrier(new GrpcLinkOptions { Address = IPAddress.Parse(address), Hosts = { "::1", "127.0.0.1" } });
        await using var listener = await grpc.ListenAsync(TestContext.Current.CancellationToken);
        await HoldsAsync(listener, Dialler(TimeProvider.System, listener, [grpc], [.. listener.EndpointsOf("main/1")]));
    }

    [Fact]
    public async Task Real_connection_outlives_the_tries_that_lost()
    {
        var grpc = new GrpcCarrier();
        await using var listener = await grpc.ListenAsync(TestContext.Current.CancellationToken);
        var dialler = Dialler(_time, listener, [_carrier, grpc], ["scripted:1", listener.Endpoint]);
        var found = HoldsAsync(listener, dialler);
        (await _carrier.NextAsync()).Heed();
        _time.Advance(s_headStart);
        await found;
    }

    private static async Task HoldsAsync(LinkListener listener, ParentDialler dialler)
    {
        var accepted = listener.AcceptAsync(TestContext.Current.CancellationToken).AsTask();
        await using var executor = await dialler.TryAsync(TestContext.Current.CancellationToken).Patiently();
        Assert.NotNull(executor);
        await using var parent = await accepted.Patiently();
        await executor.WriteAsync(new byte[] { 7 }, TestContext.Current.CancellationToken);
        var received = new byte[1];
        await parent.ReadExactlyAsync(received, TestContext.Current.CancellationToken);
        Assert.Equal(7, received[0]);
    }

    private static ParentDialler Dialler(TimeProvider time, LinkListener listener, LinkCarrier[] carriers, string[] endpoints) =>
        new(Parent(endpoints, listener.CertificatePin), carriers, time);

    private static FlameParent Parent(string[] endpoints, string? pin) => new()
    {
        Pool = "main",
        Executor = "main/1",
        Backend = "elsewhere",
        BuildId = "build",
        Endpoints = endpoints,
        Token = FlameParent.NewToken(),
        CertificatePin = pin,
    };

    private ParentDialler Dialler(params string[] endpoints) => new(Parent(endpoints, "pin"), [new SocketCarrier(), _carrier], _time);

    /// <summary>The timer of the next head start may not be there yet.</summary>
    private async Task AdvanceUntilAsync(int dialled)
    {
        while (_carrier.Dialled < dialled)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            _time.Advance(s_headStart);
            await Task.Yield();
        }
    }
}
