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
    private const string Closed = "The parent takes no more executors.";

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Door> _doors = [];
    private readonly HashSet<int> _taken = [];
    private readonly Channel<Stream> _arrived = Channel.CreateUnbounded<Stream>();
    private readonly X509Certificate2 _certificate = LinkCertificate.Create([], TimeProvider.System);

    public ReverseListener() => CertificatePin = LinkCertificate.Pin(_certificate);

    public override string Endpoint => $"{ReverseCarrier.Name}:{FirstPort}";

    public override string? CertificatePin { get; }

    private bool IsClosed => _arrived.Reader.Completion.IsCompleted;

    /// <summary>An executor's port is its own: where it shares the addresses of its machine, others may be there too.</summary>
    public override IReadOnlyList<string> EndpointsOf(string executor) => [$"{ReverseCarrier.Name}:{PortOf(executor)}"];

    /// <summary>The port at which the executor waits.</summary>
    public int PortOf(string executor)
    {
        lock (_gate)
        {
            if (_doors.TryGetValue(executor, out var known)) return known.Port;
            int port;
            do port = RandomNumberGenerator.GetInt32(FirstPort, LastPort);
            while (_taken.Contains(port) && _taken.Count < LastPort - FirstPort);
            _taken.Add(port);
            _doors[executor] = new Door(port);
            return port;
        }
    }

    /// <summary>Whether the executor waits at its port once more, as the program that it got; <see langword="false"/> once it is forgotten.</summary>
    public Task<bool> AgainAsync(string executor)
    {
        lock (_gate) return _doors.TryGetValue(executor, out var door) ? door.Again.Task : Task.FromResult(false);
    }

    public override void ComesAgain(string executor)
    {
        lock (_gate) _doors.GetValueOrDefault(executor)?.Again.TrySetResult(true);
    }

    /// <summary>Takes a stream of bytes that leads to an executor's port; it is a link once the executor knows who is here.</summary>
    /// <exception cref="IOException">Nobody, or no executor of this parent, is at the other end.</exception>
    public async Task AddAsync(Stream bytes, CancellationToken ct)
    {
        var stream = new SslStream(bytes);
        try
        {
            await stream.AuthenticateAsServerAsync(
                new SslServerAuthenticationOptions { ServerCertificate = _certificate, EnabledSslProtocols = SslProtocols.Tls13 }, ct).ConfigureAwait(false);
            if (!_arrived.Writer.TryWrite(stream)) throw new IOException(Closed);
        }
        catch (Exception exception)
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            if (exception is IOException or OperationCanceledException) throw;
            throw new IOException(IsClosed ? Closed : $"Whoever waits there is no executor of this parent: {exception.Message}", exception);
        }
    }

    /// <summary>The executor is gone, or its boot is over: the port is nobody's.</summary>
    public void Forget(string executor)
    {
        lock (_gate)
        {
            if (!_doors.Remove(executor, out var door)) return;
            _taken.Remove(door.Port);
            door.Again.TrySetResult(false);
        }
    }

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

    private sealed record Door(int Port)
    {
        public TaskCompletionSource<bool> Again { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
