using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Flame.Grpc;
using Flame.Links;

namespace Flame.Tests.Links;

/// <summary>
/// A <see cref="ReverseCarrier"/> with what a platform would do for it: every executor that waits is connected to. So it
/// can be dialled as all carriers are.
/// </summary>
internal sealed class ForwardedCarrier : LinkCarrier
{
    private readonly ConcurrentDictionary<string, Listener> _listeners = new();

    public override string Scheme => ReverseCarrier.Name;

    public override async Task<LinkListener> ListenAsync(CancellationToken ct) =>
        new Listener((ReverseListener)await new ReverseCarrier().ListenAsync(ct), this);

    public override async Task<Stream> DialAsync(string endpoint, string? certificatePin, CancellationToken ct)
    {
        var waiting = new ReverseCarrier().DialAsync(endpoint, certificatePin, ct);

        // Another program has taken the port since it was found free.
        while (waiting.Exception?.InnerException is IOException { InnerException: SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse } })
        {
            endpoint = _listeners[endpoint].Endpoint;
            waiting = new ReverseCarrier().DialAsync(endpoint, certificatePin, ct);
        }

        using var parent = await Executors.ConnectAsync(endpoint, ct);
        await _listeners[endpoint].Reverse.AddAsync(parent.Take(), ct);
        return await waiting;
    }

    private sealed class Listener(ReverseListener reverse, ForwardedCarrier carrier) : LinkListener
    {
        private int _executors;

        public ReverseListener Reverse => reverse;

        /// <summary>That of one more executor, at a port that nothing else on this machine has.</summary>
        public override string Endpoint
        {
            get
            {
                var endpoint = Executors.FreeEndpoint(reverse, () => $"main/{Interlocked.Increment(ref _executors)}");
                carrier._listeners[endpoint] = this;
                return endpoint;
            }
        }

        public override string? CertificatePin => reverse.CertificatePin;

        public override ValueTask<Stream> AcceptAsync(CancellationToken ct) => reverse.AcceptAsync(ct);

        public override ValueTask DisposeAsync() => reverse.DisposeAsync();
    }
}

/// <summary>The other side of the ports at which executors wait.</summary>
internal static class Executors
{
    /// <summary>The endpoint of an executor whose port is free; one that is not is another program's.</summary>
    public static string FreeEndpoint(ReverseListener listener, Func<string> next)
    {
        while (true)
        {
            var endpoint = listener.EndpointsOf(next())[0];
            try
            {
                foreach (var address in (IPAddress[])[IPAddress.Loopback, IPAddress.IPv6Loopback])
                {
                    using var probe = new TcpListener(address, Port(endpoint));
                    probe.Start();
                }

                return endpoint;
            }
            catch (SocketException)
            {
                // The next one has another.
            }
        }
    }

    public static int Port(string endpoint) => int.Parse(endpoint.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Connects as the platform does that forwards the port.</summary>
    public static async Task<Connection> ConnectAsync(string endpoint, CancellationToken ct, IPAddress? loopback = null)
    {
        var address = loopback ?? IPAddress.Loopback;
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(address, Port(endpoint), ct);
        return new Connection(new NetworkStream(socket, ownsSocket: true));
    }

    internal sealed class Connection(NetworkStream stream) : IDisposable
    {
        private bool _taken;

        public NetworkStream Stream => stream;

        /// <summary>The stream, for one who closes it.</summary>
        public NetworkStream Take()
        {
            _taken = true;
            return stream;
        }

        public void Dispose()
        {
            if (!_taken) stream.Dispose();
        }
    }
}
