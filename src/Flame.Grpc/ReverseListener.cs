using System.Collections.Concurrent;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Channels;
using Flame.Links;

namespace Flame.Grpc;

/// <summary>The parent's end of a <see cref="ReverseCarrier"/>: it is given the connections, instead of taking them.</summary>
internal sealed class ReverseListener : LinkListener
{
    // Below the ports that systems give to outgoing connections, of which the executor's own machine may have many.
    private const int FirstPort = 20_000;
    private const int LastPort = 32_000;

    private readonly ConcurrentDictionary<string, int> _ports = new();
    private readonly Channel<Stream> _arrived = Channel.CreateUnbounded<Stream>();
    private readonly X509Certificate2 _certificate = LinkCertificate.Create([], TimeProvider.System);

    public ReverseListener() => CertificatePin = LinkCertificate.Pin(_certificate);

    public override string Endpoint => $"{ReverseCarrier.Name}:{FirstPort}";

    public override string? CertificatePin { get; }

    /// <summary>An executor's port is its own: where it shares the addresses of its machine, others may be there too.</summary>
    public override IReadOnlyList<string> EndpointsOf(string executor) => [$"{ReverseCarrier.Name}:{PortOf(executor)}"];

    /// <summary>The port at which the executor waits.</summary>
    public int PortOf(string executor) => _ports.GetOrAdd(executor, static _ => RandomNumberGenerator.GetInt32(FirstPort, LastPort));

    /// <summary>Takes a stream of bytes that leads to an executor's port; it is a link once the executor knows who is here.</summary>
    /// <exception cref="IOException">Nobody, or no executor of this parent, is at the other end.</exception>
    public async Task AddAsync(Stream bytes, CancellationToken ct)
    {
        var stream = new SslStream(bytes);
        try
        {
            await stream.AuthenticateAsServerAsync(
                new SslServerAuthenticationOptions { ServerCertificate = _certificate, EnabledSslProtocols = SslProtocols.Tls13 }, ct).ConfigureAwait(false);
            if (!_arrived.Writer.TryWrite(stream)) throw new IOException("The parent takes no more executors.");
        }
        catch (Exception exception)
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            if (exception is AuthenticationException) throw new IOException($"Whoever waits there is no executor of this parent: {exception.Message}", exception);
            throw;
        }
    }

    /// <summary>The executor is gone, or its boot is over: the port is nobody's.</summary>
    public void Forget(string executor) => _ports.TryRemove(executor, out _);

    public override async ValueTask<Stream> AcceptAsync(CancellationToken ct)
    {
        try
        {
            return await _arrived.Reader.ReadAsync(ct).ConfigureAwait(false);
        }
        catch (ChannelClosedException exception)
        {
            throw new OperationCanceledException("The listener is closed.", exception);
        }
    }

    public override async ValueTask DisposeAsync()
    {
        _arrived.Writer.TryComplete();
        while (_arrived.Reader.TryRead(out var stream)) await stream.DisposeAsync().ConfigureAwait(false);
        _certificate.Dispose();
    }
}
