using System.Security.Cryptography.X509Certificates;
using Flame.Links;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Flame.Grpc;

/// <summary>The parent's Kestrel, where executors of other hosts call.</summary>
internal sealed class GrpcListener : LinkListener
{
    private readonly WebApplication _app;
    private readonly X509Certificate2? _certificate;
    private readonly LinkCalls _calls;
    private readonly OpenConnections _connections;
    private readonly string[] _endpoints;
    private bool _isClosed;

    private GrpcListener(WebApplication app, X509Certificate2? certificate, LinkCalls calls, OpenConnections connections, string[] hosts)
    {
        _app = app;
        _certificate = certificate;
        _calls = calls;
        _connections = connections;
        var bound = BindingAddress.Parse(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        var scheme = certificate is null ? Uri.UriSchemeHttp : Uri.UriSchemeHttps;
        _endpoints = [.. hosts.Select(host => new UriBuilder(scheme, host, bound.Port).Uri.GetLeftPart(UriPartial.Authority))];
        CertificatePin = certificate is null ? null : LinkCertificate.Pin(certificate);
        connections.CutOff = fate => CutOff?.Invoke(fate);
    }

    public override string Endpoint => _endpoints[0];

    public override string? CertificatePin { get; }

    /// <summary>Connections over which no executor is admitted.</summary>
    public int Strangers => _connections.Strangers.Count;

    public static async Task<GrpcListener> StartAsync(GrpcLinkOptions options, TimeProvider time, CancellationToken ct)
    {
        var hosts = options.DialledHosts;
        var certificate = options.AllowPlainText ? null : LinkCertificate.Create(hosts, TimeProvider.System);
        var calls = new LinkCalls();
        var connections = new OpenConnections(time);
        var app = LinkServer.Create(options, certificate, calls, connections);
        try
        {
            await app.StartAsync(ct).ConfigureAwait(false);
            return new GrpcListener(app, certificate, calls, connections, hosts);
        }
        catch
        {
            await app.DisposeAsync().ConfigureAwait(false);
            certificate?.Dispose();
            throw;
        }
    }

    public override IReadOnlyList<string> EndpointsOf(string executor) => _endpoints;

    public override void Expect(int executors) => _connections.Strangers.Expect(executors);

    public override void Admitted(Stream stream) => ((GrpcServerStream)stream).Admitted();

    public override ValueTask<Stream> AcceptAsync(CancellationToken ct) => _calls.AcceptAsync(ct);

    /// <summary>Closes the door. Links that came through it live on, and keep what serves them alive until the last one ends.</summary>
    public override async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isClosed, true)) return;
        _connections.Close();
        await _calls.CloseAsync().ConfigureAwait(false);
        _ = StopAsync();
    }

    private async Task StopAsync()
    {
        await _connections.None.ConfigureAwait(false);
        await _app.StopAsync(CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _app.DisposeAsync().ConfigureAwait(false);
        _certificate?.Dispose();
    }
}
