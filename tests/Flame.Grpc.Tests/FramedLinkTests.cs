using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using Flame.Grpc;
using Flame.Links;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Flame.Tests.Links;

/// <summary>A TLS connection that is the link: who gets one, and what a stranger has of it.</summary>
public sealed class FramedLinkTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new();
    private GrpcCarrier _carrier = null!;
    private GrpcListener _listener = null!;

    private static CancellationToken Patience => new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token;

    public async ValueTask InitializeAsync()
    {
        _carrier = new GrpcCarrier(new GrpcLinkOptions(), _time);
        _listener = (GrpcListener)await _carrier.ListenAsync(Patience);
    }

    public ValueTask DisposeAsync() => _listener.DisposeAsync();

    [Fact]
    public async Task Two_ends_that_speak_it_have_a_framed_link()
    {
        await using var executor = await _carrier.DialAsync(_listener.Endpoint, _listener.CertificatePin, Patience);
        await using var parent = await _listener.AcceptAsync(Patience);

        Assert.IsType<TlsStream>(executor);
        Assert.IsType<TlsStream>(parent);
        await EchoAsync(executor, parent);
    }

    [Fact]
    public async Task An_executor_that_is_offered_only_HTTP_2_falls_back_to_gRPC()
    {
        await using var http = await GrpcCarrier.OverHttp2.ListenAsync(Patience);

        await using var executor = await _carrier.DialAsync(http.Endpoint, http.CertificatePin, Patience);
        await using var parent = await http.AcceptAsync(Patience);

        Assert.IsType<GrpcClientStream>(executor);
        await EchoAsync(executor, parent);
    }

    [Fact]
    public async Task An_executor_that_speaks_only_gRPC_gets_into_any_parent()
    {
        await using var executor = await GrpcCarrier.OverHttp2.DialAsync(_listener.Endpoint, _listener.CertificatePin, Patience);
        await using var parent = await _listener.AcceptAsync(Patience);

        Assert.IsType<GrpcServerStream>(parent);
        await EchoAsync(executor, parent);
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("byte after byte")]
    [InlineData("garbage")]
    public async Task One_who_speaks_Flame_and_is_not_admitted_is_cut_off_in_time(string says)
    {
        var fates = new List<RefusalKind>();
        _listener.CutOff = fates.Add;
        using var stranger = new TcpClient();
        await using var tls = await TlsAsync(stranger);
        await using var parent = await _listener.AcceptAsync(Patience);
        if (says == "garbage") await tls.WriteAsync(RandomNumberGenerator.GetBytes(10_000), Patience);
        for (var second = 0; second < 20; second++)
        {
            Assert.Equal(1, _listener.Strangers);
            if (says == "byte after byte") await tls.WriteAsync(new byte[1], Patience);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        await Strangers.EndsAsync(stranger.GetStream());
        await Assert.ThrowsAnyAsync<IOException>(() => ReadWithoutEndAsync(parent));
        Assert.Equal([RefusalKind.Late], fates);
        await Strangers.UntilAsync(() => _listener.Strangers == 0);
        await AnExecutorComesInAsync();
    }

    [Fact]
    public async Task One_who_speaks_Flame_and_never_reads_is_cut_off_in_time()
    {
        using var stranger = new TcpClient();
        await using var tls = await TlsAsync(stranger);
        await using var parent = await _listener.AcceptAsync(Patience);
        var writing = parent.WriteAsync(new byte[64 * 1024 * 1024], CancellationToken.None).AsTask();
        await AnExecutorComesInAsync();
        Assert.False(writing.IsCompleted);

        _time.Advance(TimeSpan.FromSeconds(20));

        await Assert.ThrowsAsync<IOException>(() => writing.WaitAsync(Patience));
        await Strangers.UntilAsync(() => _listener.Strangers == 0);
    }

    [Fact]
    public async Task One_whom_the_parent_closes_is_gone_though_it_never_closes()
    {
        using var stranger = new TcpClient();
        await using var tls = await TlsAsync(stranger);
        var parent = await _listener.AcceptAsync(Patience);

        await parent.DisposeAsync();

        Assert.Equal(0, await tls.ReadAsync(new byte[1], Patience));
        Assert.Equal(1, _listener.Strangers);
        _time.Advance(TimeSpan.FromSeconds(10));
        await Strangers.UntilAsync(() => _listener.Strangers == 0);
    }

    [Fact]
    public async Task A_connection_that_is_torn_is_not_taken_for_one_that_ended()
    {
        using var stranger = new TcpClient();
        await using var tls = await TlsAsync(stranger);
        await using var parent = await _listener.AcceptAsync(Patience);
        await tls.WriteAsync("half"u8.ToArray(), Patience);

        // The end of TCP, without that of TLS: whoever sits in between can make the one and not the other.
        stranger.Client.Shutdown(SocketShutdown.Send);

        await parent.ReadExactlyAsync(new byte[4], Patience);
        var error = await Assert.ThrowsAsync<IOException>(() => ReadWithoutEndAsync(parent));
        Assert.Contains("is gone", error.Message, StringComparison.Ordinal);
    }

    private async Task AnExecutorComesInAsync()
    {
        await using var executor = await _carrier.DialAsync(_listener.Endpoint, _listener.CertificatePin, Patience);
        await using var parent = await _listener.AcceptAsync(Patience);
        await EchoAsync(executor, parent);
    }

    private static async Task EchoAsync(Stream executor, Stream parent)
    {
        var received = new byte[5];
        await executor.WriteAsync("hello"u8.ToArray(), Patience);
        await parent.ReadExactlyAsync(received, Patience);
        await parent.WriteAsync(received, Patience);
        await executor.ReadExactlyAsync(received, Patience);
        Assert.Equal("hello"u8.ToArray(), received);
    }

    /// <summary>Comes as an executor does, up to where it would introduce itself.</summary>
    private async Task<SslStream> TlsAsync(TcpClient stranger)
    {
        await stranger.ConnectAsync(IPEndPoint.Parse(new Uri(_listener.Endpoint).Authority), Patience);
        var tls = await Strangers.TlsAsync(stranger.GetStream(), _listener, TlsStream.Protocol);
        Assert.Equal(TlsStream.Protocol, tls.NegotiatedApplicationProtocol);
        return tls;
    }

    private static async Task ReadWithoutEndAsync(Stream stream)
    {
        while (true) await stream.ReadExactlyAsync(new byte[1], Patience);
    }
}
