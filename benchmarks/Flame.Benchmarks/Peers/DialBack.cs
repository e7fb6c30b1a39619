using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Flame.Grpc;

namespace Flame.Benchmarks;

/// <summary>The least that a cold call between hosts can be: a process that dials back under TLS, and answers one message with itself.</summary>
internal sealed class DialBack : IDisposable
{
    public const string Name = "bare process that dials back, TLS 1.3";

    private readonly X509Certificate2 _certificate = LinkCertificate.Create(["127.0.0.1"], TimeProvider.System);
    private readonly SslServerAuthenticationOptions _options;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public DialBack()
    {
        // Once, and without looking for who vouches for it, as Flame does.
        _options = new SslServerAuthenticationOptions { ServerCertificateContext = SslStreamCertificateContext.Create(_certificate, additionalCertificates: null, offline: true) };
        _listener.Start();
    }

    /// <summary>The process: it is told the port and the certificate's pin.</summary>
    public static async Task ServeAsync(string where)
    {
        var (port, pin) = (int.Parse(where.Split(' ')[0], CultureInfo.InvariantCulture), LinkCertificate.Parse(where.Split(' ')[1])!);
        using var socket = new TcpClient { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        await using var tls = new SslStream(socket.GetStream());
        await tls.AuthenticateAsClientAsync(LinkCertificate.Pinned("127.0.0.1", certificate => LinkCertificate.IsPinned(certificate, pin)));
        var message = new byte[64];
        await tls.ReadExactlyAsync(message);
        await tls.WriteAsync(message);
    }

    /// <returns>From the start of the process until its answer.</returns>
    public async Task<TimeSpan> RunAsync()
    {
        var started = Stopwatch.GetTimestamp();
        await using var child = PeerServer.Start(Name, string.Create(CultureInfo.InvariantCulture, $"{((IPEndPoint)_listener.LocalEndpoint).Port} {LinkCertificate.Pin(_certificate)}"));
        using var socket = await _listener.AcceptTcpClientAsync();
        socket.NoDelay = true;
        await using var tls = new SslStream(socket.GetStream());
        await tls.AuthenticateAsServerAsync(_options);
        await tls.WriteAsync(new byte[64]);
        await tls.ReadExactlyAsync(new byte[64]);
        return Stopwatch.GetElapsedTime(started);
    }

    public void Dispose()
    {
        _listener.Dispose();
        _certificate.Dispose();
    }
}
