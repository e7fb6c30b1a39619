using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using Flame.Grpc;
using Flame.Links;
using Xunit;

namespace Flame.Tests.Links;

/// <summary>Whoever reaches the port at which an executor waits: only its parent gets in, and nobody keeps the parent out.</summary>
public sealed class ReverseStrangerTests : IAsyncDisposable
{
    private readonly ReverseListener _parent = new();
    private readonly ReverseListener _impostor = new();
    private readonly string _endpoint;

    public ReverseStrangerTests()
    {
        var executors = 0;
        _endpoint = Executors.FreeEndpoint(_parent, () => $"main/{++executors}");
    }

    private static CancellationToken Patience => new CancellationTokenSource(TimeSpan.FromMinutes(2)).Token;

    [Fact]
    public async Task Those_who_say_nothing_keep_nobody_out()
    {
        var waiting = WaitAsync();

        // So many that, one after the other, they would.
        var silent = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => Executors.ConnectAsync(_endpoint, Patience)));

        await ParentComesAsync(waiting);

        foreach (var stranger in silent)
        {
            await Strangers.EndsAsync(stranger.Stream);
            stranger.Dispose();
        }
    }

    [Fact]
    public async Task A_flood_of_them_keeps_nobody_out_and_is_no_more_than_so_many_at_once()
    {
        var waiting = WaitAsync();
        var silent = new List<Executors.Connection>();
        for (var i = 0; i < 3 * Newcomers.Strangers; i++) silent.Add(await Executors.ConnectAsync(_endpoint, Patience));

        await ParentComesAsync(waiting);

        foreach (var stranger in silent)
        {
            await Strangers.EndsAsync(stranger.Stream);
            stranger.Dispose();
        }
    }

    [Fact]
    public async Task One_who_says_nothing_is_sent_away_in_time()
    {
        var waiting = WaitAsync();
        using var silent = await Executors.ConnectAsync(_endpoint, Patience);

        await Strangers.EndsAsync(silent.Stream);

        await ParentComesAsync(waiting);
    }

    [Fact]
    public async Task Garbage_is_sent_away()
    {
        var waiting = WaitAsync();
        using var stranger = await Executors.ConnectAsync(_endpoint, Patience);
        await stranger.Stream.WriteAsync(RandomNumberGenerator.GetBytes(10_000), Patience);
        await Strangers.EndsAsync(stranger.Stream);

        await ParentComesAsync(waiting);
    }

    [Fact]
    public async Task Plain_text_is_sent_away()
    {
        var waiting = WaitAsync();
        using var stranger = await Executors.ConnectAsync(_endpoint, Patience);
        await stranger.Stream.WriteAsync("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray(), Patience);
        await Strangers.EndsAsync(stranger.Stream);

        await ParentComesAsync(waiting);
    }

    [Fact]
    public async Task One_who_leaves_at_once_is_forgotten()
    {
        var waiting = WaitAsync();
        for (var i = 0; i < 50; i++) (await Executors.ConnectAsync(_endpoint, Patience)).Dispose();

        await ParentComesAsync(waiting);
    }

    [Fact]
    public async Task Another_certificate_than_the_pinned_one_is_sent_away()
    {
        var waiting = WaitAsync();
        using var stranger = await Executors.ConnectAsync(_endpoint, Patience);

        // Whether it hears of it at once depends on the system's TLS; a link it never has.
        var refused = await Record.ExceptionAsync(async () =>
        {
            await _impostor.AddAsync(stranger.Take(), Patience);
            await using var stream = await _impostor.AcceptAsync(Patience);
            Assert.Equal(0, await stream.ReadAsync(new byte[16], Patience));
        });

        Assert.True(refused is null or IOException, refused?.ToString());
        Assert.False(waiting.IsCompleted);
        await ParentComesAsync(waiting);
    }

    [Fact]
    public async Task TLS_1_2_is_sent_away()
    {
        var waiting = WaitAsync();
        using var stranger = await Executors.ConnectAsync(_endpoint, Patience);
        await using var tls = new SslStream(stranger.Take());
        using var certificate = LinkCertificate.Create([], TimeProvider.System);

        var error = await Record.ExceptionAsync(() => tls.AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions { ServerCertificate = certificate, EnabledSslProtocols = SslProtocols.Tls12 }, Patience));

        Assert.True(error is AuthenticationException or IOException, error?.ToString());
        await ParentComesAsync(waiting);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("short")]
    [InlineData("not base64url, but of a length")]
    public async Task Without_a_pin_no_port_is_opened(string? pin)
    {
        var error = await Assert.ThrowsAsync<IOException>(() => new ReverseCarrier().DialAsync(_endpoint, pin, Patience));

        Assert.Contains("pin", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<SocketException>(() => Executors.ConnectAsync(_endpoint, Patience));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_parent_that_reaches_somebody_else_says_so(bool isSilent)
    {
        using var stranger = new TcpListener(IPAddress.Loopback, 0);
        stranger.Start();
        using var connection = new TcpClient();
        await connection.ConnectAsync((IPEndPoint)stranger.LocalEndpoint, Patience);
        using var there = await stranger.AcceptTcpClientAsync(Patience);
        if (isSilent) there.Close();
        else await there.GetStream().WriteAsync("SSH-2.0-OpenSSH_9.6\r\n"u8.ToArray(), Patience);

        await Assert.ThrowsAsync<IOException>(() => _parent.AddAsync(connection.GetStream(), Patience));

        if (!isSilent) await Strangers.EndsAsync(there.GetStream());
    }

    [Fact]
    public async Task A_parent_gives_up_with_its_token_on_one_who_says_nothing()
    {
        using var stranger = new TcpListener(IPAddress.Loopback, 0);
        stranger.Start();
        using var connection = new TcpClient();
        await connection.ConnectAsync((IPEndPoint)stranger.LocalEndpoint, Patience);
        using var there = await stranger.AcceptTcpClientAsync(Patience);
        using var cancel = new CancellationTokenSource();

        var adding = _parent.AddAsync(connection.GetStream(), cancel.Token);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => adding);
        await Strangers.EndsAsync(there.GetStream());
    }

    public async ValueTask DisposeAsync()
    {
        await _parent.DisposeAsync();
        await _impostor.DisposeAsync();
    }

    private Task<Stream> WaitAsync() => new ReverseCarrier().DialAsync(_endpoint, _parent.CertificatePin, Patience);

    private async Task ParentComesAsync(Task<Stream> waiting)
    {
        using var connection = await Executors.ConnectAsync(_endpoint, Patience);
        await _parent.AddAsync(connection.Take(), Patience);
        await using var parent = await _parent.AcceptAsync(Patience);
        await using var executor = await waiting;
        await parent.WriteAsync("welcome"u8.ToArray(), Patience);
        var received = new byte[7];
        await executor.ReadExactlyAsync(received, Patience);
        Assert.Equal("welcome"u8.ToArray(), received);
    }
}
