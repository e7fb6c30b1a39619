using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Flame.Grpc;
using Flame.Links;
using Xunit;

namespace Flame.Tests.Links;

/// <summary>Who may listen in, and who may answer: nobody else.</summary>
public abstract class EncryptionTests(bool isGrpcOnly)
{
    private readonly GrpcCarrier _carrier = new(new GrpcLinkOptions(), isGrpcOnly: isGrpcOnly);

    private static CancellationToken Patience => new CancellationTokenSource(TimeSpan.FromMinutes(2)).Token;

    [Fact]
    public async Task Another_certificate_than_the_pinned_one_is_refused_without_telling_the_pin()
    {
        await using var parent = await _carrier.ListenAsync(Patience);
        await using var impostor = await _carrier.ListenAsync(Patience);

        var error = await Assert.ThrowsAsync<IOException>(() => _carrier.DialAsync(impostor.Endpoint, parent.CertificatePin, Patience));

        Assert.Contains("is not the parent's", error.Message, StringComparison.Ordinal);
        Assert.Contains(impostor.Endpoint, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(parent.CertificatePin!, error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("short")]
    [InlineData("not base64url, but of a length")]
    public async Task Without_a_pin_nobody_is_dialled(string? pin)
    {
        using var socket = new TcpListener(IPAddress.Loopback, 0);
        socket.Start();

        var error = await Assert.ThrowsAsync<IOException>(() => _carrier.DialAsync($"https://{socket.LocalEndpoint}", pin, Patience));

        Assert.Contains("pin", error.Message, StringComparison.Ordinal);
        Assert.False(socket.Pending());
    }

    [Fact]
    public async Task The_pin_is_the_hash_of_the_certificate_and_the_protocol_is_TLS_1_3()
    {
        await using var listener = await _carrier.ListenAsync(Patience);

        using var tls = await HandshakeAsync(listener, SslProtocols.None);

        Assert.Equal(SslProtocols.Tls13, tls.SslProtocol);
        Assert.Equal(isGrpcOnly ? SslApplicationProtocol.Http2 : TlsStream.Protocol, tls.NegotiatedApplicationProtocol);
        using var certificate = X509CertificateLoader.LoadCertificate(tls.RemoteCertificate!.GetRawCertData());
        Assert.Equal(System.Buffers.Text.Base64Url.EncodeToString(SHA256.HashData(certificate.RawData)), listener.CertificatePin);
        Assert.Equal(256, certificate.GetECDsaPublicKey()!.KeySize);
    }

    [Fact]
    public async Task TLS_1_2_is_refused()
    {
        await using var listener = await _carrier.ListenAsync(Patience);

        var error = await Record.ExceptionAsync(() => HandshakeAsync(listener, SslProtocols.Tls12));

        Assert.True(error is AuthenticationException or IOException, error?.ToString());
    }

    [Fact]
    public async Task A_parent_that_speaks_only_TLS_1_2_is_not_spoken_to()
    {
        using var certificate = LinkCertificate.Create([], TimeProvider.System);
        using var socket = new TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        var dialling = _carrier.DialAsync($"https://{socket.LocalEndpoint}", LinkCertificate.Pin(certificate), Patience);
        using var connection = await socket.AcceptTcpClientAsync(Patience);
        await using var tls = new SslStream(connection.GetStream());

        var refused = await Record.ExceptionAsync(() => tls.AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions
            {
                ServerCertificate = certificate,
                EnabledSslProtocols = SslProtocols.Tls12,
                ApplicationProtocols = [TlsStream.Protocol, SslApplicationProtocol.Http2],
            },
            Patience));
        connection.Close();

        Assert.True(refused is AuthenticationException or IOException, refused?.ToString());
        await Assert.ThrowsAsync<IOException>(() => dialling);
    }

    [Fact]
    public async Task Every_listener_has_a_certificate_of_its_own()
    {
        await using var first = await _carrier.ListenAsync(Patience);
        await using var second = await _carrier.ListenAsync(Patience);

        Assert.NotEqual(first.CertificatePin, second.CertificatePin);
    }

    [Fact]
    public async Task Plain_text_is_refused_by_an_encrypted_listener()
    {
        await using var listener = await _carrier.ListenAsync(Patience);
        var plain = new GrpcCarrier(new GrpcLinkOptions { AllowPlainText = true });

        await Assert.ThrowsAsync<IOException>(() => plain.DialAsync(listener.Endpoint.Replace("https", "http", StringComparison.Ordinal), null, Patience));
    }

    [Fact]
    public async Task Plain_text_is_not_dialled_unless_allowed()
    {
        var plain = new GrpcCarrier(new GrpcLinkOptions { AllowPlainText = true });
        await using var listener = await plain.ListenAsync(Patience);

        Assert.StartsWith("http://", listener.Endpoint, StringComparison.Ordinal);
        var error = await Assert.ThrowsAsync<IOException>(() => _carrier.DialAsync(listener.Endpoint, null, Patience));
        Assert.Contains("not encrypted", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plain_text_works_where_both_ends_allow_it()
    {
        var plain = new GrpcCarrier(new GrpcLinkOptions { AllowPlainText = true });
        await using var listener = await plain.ListenAsync(Patience);
        await using var executor = await plain.DialAsync(listener.Endpoint, null, Patience);
        await using var parent = await listener.AcceptAsync(Patience);

        await executor.WriteAsync("hello"u8.ToArray(), Patience);

        var received = new byte[5];
        await parent.ReadExactlyAsync(received, Patience);
        Assert.Equal("hello", Encoding.UTF8.GetString(received));
    }

    [Theory]
    [InlineData("unix:/tmp/link.sock")]
    [InlineData("tcp:127.0.0.1:1")]
    [InlineData("nonsense")]
    [InlineData("")]
    public async Task An_endpoint_of_another_carrier_is_refused_undialled(string endpoint) =>
        await Assert.ThrowsAsync<IOException>(() => _carrier.DialAsync(endpoint, new string('A', 43), Patience));

    [Fact]
    public async Task A_try_that_hangs_ends_with_its_token()
    {
        // It accepts connections and never answers the handshake.
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        using var cancel = new CancellationTokenSource();

        var dialling = _carrier.DialAsync($"https://{silent.LocalEndpoint}", new string('A', 43), cancel.Token);
        using var connection = await silent.AcceptTcpClientAsync(Patience);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => dialling);
    }

    [Fact]
    public async Task Garbage_disturbs_nobody_else()
    {
        await using var listener = await _carrier.ListenAsync(Patience);
        using (var garbage = new TcpClient())
        {
            await garbage.ConnectAsync(IPEndPoint.Parse(new Uri(listener.Endpoint).Authority), Patience);
            await garbage.GetStream().WriteAsync(RandomNumberGenerator.GetBytes(10_000), Patience);
        }

        await using var executor = await _carrier.DialAsync(listener.Endpoint, listener.CertificatePin, Patience);
        await using var parent = await listener.AcceptAsync(Patience);
    }

    private static async Task<SslStream> HandshakeAsync(LinkListener listener, SslProtocols protocols)
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPEndPoint.Parse(new Uri(listener.Endpoint).Authority), Patience);
        var tls = new SslStream(client.GetStream());
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            EnabledSslProtocols = protocols,
            ApplicationProtocols = [TlsStream.Protocol, SslApplicationProtocol.Http2],
            RemoteCertificateValidationCallback = (_, certificate, _, _) => LinkCertificate.IsPinned(certificate, LinkCertificate.Parse(listener.CertificatePin)),
        }, Patience);
        return tls;
    }
}

public sealed class FramedEncryptionTests() : EncryptionTests(isGrpcOnly: false);

public sealed class GrpcEncryptionTests() : EncryptionTests(isGrpcOnly: true);
