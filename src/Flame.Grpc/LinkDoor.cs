using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Flame.Links;

namespace Flame.Grpc;

/// <summary>
/// The port of the parent. Everybody who comes is a newcomer from his first moment until an executor is admitted over the
/// connection, whatever he does on the way: TLS, HTTP/2, a call. Whom TLS says to speak Flame has a stream at once; the
/// others are handed to HTTP/2.
/// </summary>
internal sealed class LinkDoor : IDisposable
{
    /// <summary>Longer than an executor of a busy machine needs for TLS, HTTP/2 and its Hello, which has a limit of its own.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly ListeningSocket _socket;
    private readonly SslServerAuthenticationOptions? _tls;
    private readonly LinkCalls _calls;
    private readonly LinkServer _server;
    private readonly TimeProvider _time;
    private readonly TaskCompletionSource _none = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _count = 1;

    public LinkDoor(IPEndPoint at, X509Certificate2? certificate, List<SslApplicationProtocol> protocols, LinkCalls calls, LinkServer server, TimeProvider time)
    {
        _calls = calls;
        _server = server;
        _time = time;
        Strangers = new Newcomers(time, s_patience);
        if (certificate is not null)
        {
            _tls = new SslServerAuthenticationOptions
            {
                ServerCertificateContext = SslStreamCertificateContext.Create(certificate, additionalCertificates: null, offline: true),
                EnabledSslProtocols = SslProtocols.Tls13,
                ApplicationProtocols = protocols,

                // An executor comes once.
                AllowTlsResume = false,
            };
        }

        _socket = Listen(at);
        Port = ((IPEndPoint)_socket.EndPoint).Port;
    }

    public int Port { get; }

    /// <summary>Completes when the door is closed and all connections are gone.</summary>
    public Task None => _none.Task;

    /// <summary>Those over which no executor is admitted.</summary>
    public Newcomers Strangers { get; }

    /// <summary>Takes the fate of each that was cut off.</summary>
    public Action<RefusalKind>? CutOff { get; set; }

    /// <summary>Lets them in until the door is closed.</summary>
    public async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await _socket.AcceptAsync(CancellationToken.None).ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            // The door is closed.
        }
    }

    /// <summary>Closes the door: from now on nobody gets in. Who is in stays.</summary>
    public void Dispose()
    {
        _socket.Dispose();
        Leave();
    }

    private async Task ServeAsync(Socket socket)
    {
        Interlocked.Increment(ref _count);
        using var newcomer = Strangers.Enter();
        try
        {
            await using var cut = newcomer.CutOff.UnsafeRegister(_ => Cut(socket, newcomer), null);
            var peer = socket.RemoteEndPoint!;
            await WelcomeAsync(new TlsSocket(socket), peer, newcomer).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or SocketException or AuthenticationException or ObjectDisposedException or InvalidOperationException)
        {
            // He hung up, was cut off, or did not speak TLS.
        }
        finally
        {
            socket.Dispose();
            Leave();
        }
    }

    private async Task WelcomeAsync(TlsSocket bytes, EndPoint peer, Newcomers.Newcomer newcomer)
    {
        if (_tls is null)
        {
            await _server.ServeAsync(bytes, bytes.Socket, newcomer).ConfigureAwait(false);
            return;
        }

        var tls = new SslStream(bytes);
        await using var end = tls.ConfigureAwait(false);
        await tls.AuthenticateAsServerAsync(_tls).ConfigureAwait(false);
        if (tls.NegotiatedApplicationProtocol == TlsStream.Protocol)
        {
            var stream = new TlsStream(tls, bytes, peer.ToString()!, _time, waitsForReader: false, newcomer);
            if (!_calls.TryAdd(stream)) await stream.DisposeAsync().ConfigureAwait(false);
            await stream.Ended.ConfigureAwait(false);
        }
        else
        {
            await _server.ServeAsync(tls, bytes.Socket, newcomer).ConfigureAwait(false);
        }
    }

    private void Cut(Socket socket, Newcomers.Newcomer newcomer)
    {
        // Its place is free, whether or not the owner of its stream has noticed.
        newcomer.Stay();
        socket.Dispose();
        if (newcomer.Fate is { } fate) CutOff?.Invoke(fate);
    }

    private void Leave()
    {
        if (Interlocked.Decrement(ref _count) == 0) _none.TrySetResult();
    }

    private static ListeningSocket Listen(IPEndPoint at)
    {
        try
        {
            return new ListeningSocket(at);
        }
        catch (SocketException exception)
        {
            throw new IOException($"{at} could not be opened for executors: {exception.Message}", exception);
        }
    }
}
