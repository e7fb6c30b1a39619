using System.Net;
using System.Net.Sockets;
using Flame.Grpc;
using Flame.Links;
using Xunit;

namespace Flame.Tests.Links;

public sealed class ReverseCarrierTests : CarrierTests
{
    private protected override LinkCarrier Carrier { get; } = new ForwardedCarrier();

    private protected override bool IsEncrypted => true;

    [Fact]
    public async Task Executors_wait_at_ports_of_their_own()
    {
        await using var listener = new ReverseListener();

        // With so many, two would meet if chance alone parted them.
        var endpoints = Enumerable.Range(0, 3000).Select(i => Assert.Single(listener.EndpointsOf($"main/{i}"))).ToArray();

        Assert.Equal(endpoints.Length, endpoints.Distinct().Count());
        Assert.All(endpoints, endpoint => Assert.InRange(Executors.Port(endpoint), 1025, 32_767));
        Assert.Equal(endpoints[7], Assert.Single(listener.EndpointsOf("main/7")));
        Assert.Equal(Executors.Port(endpoints[7]), listener.PortOf("main/7"));
    }

    [Fact]
    public async Task A_port_that_is_forgotten_can_be_another_executors()
    {
        await using var listener = new ReverseListener();

        for (var i = 0; i < 12_000; i++) listener.PortOf($"main/{i}");
        var port = listener.PortOf("main/7");
        Assert.Equal(port, listener.PortOf("main/7"));

        listener.Forget("main/7");
        listener.Forget("main/7");

        // There is no other left.
        Assert.Equal(port, listener.PortOf("main/12000"));
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public async Task The_parent_comes_by_either_loopback(string loopback)
    {
        await using var listener = new ReverseListener();
        var endpoint = Executors.FreeEndpoint(listener, Next());
        var waiting = new ReverseCarrier().DialAsync(endpoint, listener.CertificatePin, Patience);
        using var connection = await Executors.ConnectAsync(endpoint, Patience, IPAddress.Parse(loopback));

        await listener.AddAsync(connection.Take(), Patience);

        await using var pair = new Pair(await listener.AcceptAsync(Patience), await waiting);
        await pair.Executor.WriteAsync("hello"u8.ToArray(), Patience);
        Assert.Equal("hello", await ReadTextAsync(pair.Parent, 5));
    }

    [Fact]
    public async Task A_machine_without_one_of_the_loopbacks_has_the_other()
    {
        await using var listener = new ReverseListener();
        var endpoint = Executors.FreeEndpoint(listener, Next());

        // An address that is for documents only: no machine has it, as many a container has no ::1.
        var carrier = new ReverseCarrier(IPAddress.Parse("192.0.2.1"), IPAddress.Loopback);
        var waiting = carrier.DialAsync(endpoint, listener.CertificatePin, Patience);
        using var connection = await Executors.ConnectAsync(endpoint, Patience);
        await listener.AddAsync(connection.Take(), Patience);

        await using var stream = await waiting;
        var none = await Assert.ThrowsAsync<IOException>(() => new ReverseCarrier(IPAddress.Parse("192.0.2.1")).DialAsync(endpoint, listener.CertificatePin, Patience));
        Assert.Contains(endpoint, none.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public async Task A_port_that_another_program_has_is_an_error_that_names_it(string loopback)
    {
        using var other = new TcpListener(IPAddress.Parse(loopback), 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        var error = await Assert.ThrowsAsync<IOException>(() => new ReverseCarrier().DialAsync($"reverse:{port}", new string('A', 43), Patience));

        Assert.Contains($"{other.LocalEndpoint}", error.Message, StringComparison.Ordinal);
        Assert.IsType<SocketException>(error.InnerException);

        // Nothing of the try is left at the loopback that was free.
        var free = other.Server.AddressFamily == AddressFamily.InterNetwork ? IPAddress.IPv6Loopback : IPAddress.Loopback;
        await Assert.ThrowsAsync<SocketException>(() => Executors.ConnectAsync($"reverse:{port}", Patience, free));
    }

    [Fact]
    public async Task Waiting_for_a_parent_ends_with_its_token_and_leaves_the_port_free()
    {
        await using var listener = new ReverseListener();
        var endpoint = Executors.FreeEndpoint(listener, Next());
        using var cancel = new CancellationTokenSource();
        var waiting = new ReverseCarrier().DialAsync(endpoint, listener.CertificatePin, cancel.Token);
        using var silent = await Executors.ConnectAsync(endpoint, Patience);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await Assert.ThrowsAsync<SocketException>(() => Executors.ConnectAsync(endpoint, Patience));
        await IsSentAwayAsync(silent.Stream);
    }

    [Fact]
    public async Task A_token_that_has_fired_opens_no_port()
    {
        await using var listener = new ReverseListener();
        var endpoint = Executors.FreeEndpoint(listener, Next());

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new ReverseCarrier().DialAsync(endpoint, listener.CertificatePin, new CancellationToken(canceled: true)));

        await Assert.ThrowsAsync<SocketException>(() => Executors.ConnectAsync(endpoint, Patience));
    }

    [Theory]
    [InlineData("reverse:")]
    [InlineData("reverse:0")]
    [InlineData("reverse:65536")]
    [InlineData("reverse:-1")]
    [InlineData("reverse:127.0.0.1:20000")]
    [InlineData("tcp:20000")]
    [InlineData("")]
    public async Task What_names_no_port_is_refused(string endpoint)
    {
        var error = await Assert.ThrowsAsync<IOException>(() => new ReverseCarrier().DialAsync(endpoint, new string('A', 43), Patience));

        Assert.Contains("reverse:<port>", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_was_not_accepted_ends_with_the_listener()
    {
        var listener = new ReverseListener();
        var endpoint = Executors.FreeEndpoint(listener, Next());
        var waiting = new ReverseCarrier().DialAsync(endpoint, listener.CertificatePin, Patience);
        using var connection = await Executors.ConnectAsync(endpoint, Patience);
        await listener.AddAsync(connection.Take(), Patience);
        await using var executor = await waiting;

        await listener.DisposeAsync();

        await IsSentAwayAsync(executor);
    }

    [Fact]
    public async Task A_closed_listener_takes_nobody()
    {
        var listener = new ReverseListener();
        await listener.DisposeAsync();
        await listener.DisposeAsync();
        using var somebody = new TcpListener(IPAddress.Loopback, 0);
        somebody.Start();
        using var connection = new TcpClient();
        await connection.ConnectAsync((IPEndPoint)somebody.LocalEndpoint, Patience);
        using var there = await somebody.AcceptTcpClientAsync(Patience);

        var error = await Assert.ThrowsAsync<IOException>(() => listener.AddAsync(connection.GetStream(), Patience));

        Assert.Equal("The parent takes no more executors.", error.Message);
        await IsSentAwayAsync(there.GetStream());
    }

    private static Func<string> Next()
    {
        var executors = 0;
        return () => $"main/{++executors}";
    }

    /// <summary>Nothing that is meant for it comes, and then the end.</summary>
    private static async Task IsSentAwayAsync(Stream stream)
    {
        try
        {
            var buffer = new byte[4096];
            while (await stream.ReadAsync(buffer, Patience) > 0)
            {
            }
        }
        catch (IOException)
        {
            // A reset is an end too.
        }
    }
}
