using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Flame.Links;

namespace Flame.Grpc;

/// <summary>The parent's open port, where executors of other hosts come in: with a TLS connection of their own, or over gRPC.</summary>
internal sealed class GrpcListener : LinkListener
{
    private readonly X509Certificate2? _certificate;
    private readonly LinkCalls _calls;
    private readonly LinkServer _server;
    private readonly LinkDoor _door;
    private readonly string[] _endpoints;
    private bool _isClosed;

    private GrpcListener(X509Certificate2? certificate, LinkCalls calls, LinkServer server, LinkDoor door, string[] hosts)
    {
        _certificate = certificate;
        _calls = calls;
        _server = server;
        _door = door;
        var scheme = certificate is null ? Uri.UriSchemeHttp : Uri.UriSchemeHttps;
        _endpoints = [.. hosts.Select(host => new UriBuilder(scheme, host, door.Port).Uri.GetLeftPart(UriPartial.Authority))];
        CertificatePin = certificate is null ? null : LinkCertificate.Pin(certificate);
        door.CutOff = fate => CutOff?.Invoke(fate);
    }

    public override string Endpoint => _endpoints[0];

    public override string? CertificatePin { get; }

    /// <summary>Connections over which no executor is admitted.</summary>
    public int Strangers => _door.Strangers.Count;

    public static async Task<GrpcListener> StartAsync(GrpcLinkOptions options, bool isGrpcOnly, TimeProvider time, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var hosts = options.DialledHosts;
        var certificate = options.AllowPlainText ? null : LinkCertificate.Create(hosts, TimeProvider.System);
        var calls = new LinkCalls();
        var server = new LinkServer(calls);
        try
        {
            if (certificate is null || isGrpcOnly) await server.StartAsync().ConfigureAwait(false);
            List<SslApplicationProtocol> protocols = isGrpcOnly ? [SslApplicationProtocol.Http2] : [TlsStream.Protocol, SslApplicationProtocol.Http2];
            var door = new LinkDoor(new IPEndPoint(options.Address, options.Port), certificate, protocols, calls, server, time);
            var listener = new GrpcListener(certificate, calls, server, door, hosts);
            _ = door.AcceptAsync();
            return listener;
        }
        catch
        {
            await server.DisposeAsync().ConfigureAwait(false);
            certificate?.Dispose();
            throw;
        }
    }

    public override IReadOnlyList<string> EndpointsOf(string executor) => _endpoints;

    public override void Expect(int executors) => _door.Strangers.Expect(executors);

    public override void Admitted(Stream stream) => ((IArrival)stream).Admitted();

    public override ValueTask<Stream> AcceptAsync(CancellationToken ct) => _calls.AcceptAsync(ct);

    /// <summary>Closes the door. Links that came through it live on, and keep what serves them alive until the last one ends.</summary>
    public override async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isClosed, true)) return;
        _door.Dispose();
        await _calls.CloseAsync().ConfigureAwait(false);
        _ = StopAsync();
    }

    private async Task StopAsync()
    {
        await _door.None.ConfigureAwait(false);
        await _server.DisposeAsync().ConfigureAwait(false);
        _certificate?.Dispose();
    }
}
