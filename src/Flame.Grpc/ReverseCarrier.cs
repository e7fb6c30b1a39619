using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Flame.Links;

namespace Flame.Grpc;

/// <summary>
/// Where the executor cannot reach the parent, but the parent gets a stream of bytes to a port of the executor's loopback
/// (a forwarded port). The executor waits there for its parent. Only who opens the connection differs: under TLS 1.3 the
/// parent is the server all the same, known by the hash of its certificate, and the executor introduces itself.
/// </summary>
internal sealed class ReverseCarrier(params IPAddress[] loopbacks) : LinkCarrier
{
    internal const string Name = "reverse";

    // Who connects and is not the parent must not keep the parent out for long.
    private static readonly TimeSpan s_handshakeTimeout = TimeSpan.FromSeconds(5);

    public ReverseCarrier()
        : this(IPAddress.Loopback, IPAddress.IPv6Loopback)
    {
    }

    public override string Scheme => Name;

    public override Task<LinkListener> ListenAsync(CancellationToken ct) => Task.FromResult<LinkListener>(new ReverseListener());

    /// <summary>Waits for the parent at the port that the endpoint names.</summary>
    public override async Task<Stream> DialAsync(string endpoint, string? certificatePin, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var port = Port(endpoint);
        var pin = LinkCertificate.Parse(certificatePin)
            ?? throw new IOException($"{endpoint} was not opened: without the SHA-256 pin of the parent's certificate nobody could tell who comes.");
        var doors = Open(endpoint, port);
        var parent = new TaskCompletionSource<Stream>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(ct);
        await using var cancel = ct.UnsafeRegister(_ => parent.TrySetCanceled(ct), null);
        try
        {
            var newcomers = new Newcomers(TimeProvider.System, s_handshakeTimeout);
            foreach (var door in doors) _ = AcceptAsync(door, newcomers, pin, parent, end.Token);
            return await parent.Task.ConfigureAwait(false);
        }
        finally
        {
            // The door first: who comes now finds nobody.
            foreach (var door in doors) door.Dispose();
            await end.CancelAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Listens on each loopback that this machine has: many a container has no ::1, and says so only now.</summary>
    private List<Socket> Open(string endpoint, int port)
    {
        var doors = new List<Socket>();
        try
        {
            foreach (var address in loopbacks)
            {
                if (Listen(new IPEndPoint(address, port)) is { } door) doors.Add(door);
            }

            return doors.Count > 0 ? doors : throw new IOException($"{endpoint} was not opened for the parent: this machine has no loopback address.");
        }
        catch
        {
            foreach (var door in doors) door.Dispose();
            throw;
        }
    }

    private static Socket? Listen(IPEndPoint at)
    {
        Socket? socket = null;
        try
        {
            socket = new Socket(at.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(at);
            socket.Listen();
            return socket;
        }
        catch (SocketException exception)
        {
            socket?.Dispose();
            if (exception.SocketErrorCode is SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported) return null;
            throw new IOException($"{at} could not be opened for the parent: {exception.Message}", exception);
        }
    }

    /// <summary>Lets everybody try at the same time: one who says nothing would else keep the parent out until it is sent away.</summary>
    private static async Task AcceptAsync(Socket door, Newcomers newcomers, byte[] pin, TaskCompletionSource<Stream> parent, CancellationToken ct)
    {
        try
        {
            while (true) _ = AdmitAsync(await door.AcceptAsync(ct).ConfigureAwait(false), newcomers, pin, parent, ct);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // Once the parent is here, or nobody waits for it any more, this says nothing.
            parent.TrySetException(new IOException($"Nobody can come in any more: {exception.Message}", exception));
        }
    }

    private static async Task AdmitAsync(Socket socket, Newcomers newcomers, byte[] pin, TaskCompletionSource<Stream> parent, CancellationToken ct)
    {
        using var newcomer = newcomers.Enter();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct, newcomer.CutOff);
        Stream? stream;
        try
        {
            stream = await AuthenticateAsync(socket, pin, patience.Token).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            // Nobody who comes can cause it: so nobody at all could be let in, as where TLS finds no home directory.
            parent.TrySetException(new IOException($"TLS does not work here: {exception.Message}", exception));
            return;
        }

        if (stream is not null && !parent.TrySetResult(stream)) await stream.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>The encrypted stream, if it is the parent who came; whoever else did is sent away.</summary>
    private static async Task<Stream?> AuthenticateAsync(Socket socket, byte[] pin, CancellationToken ct)
    {
        SslStream? stream = null;
        try
        {
            socket.NoDelay = true;
            stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
            await stream.AuthenticateAsClientAsync(LinkCertificate.Pinned("flame-parent", certificate => LinkCertificate.IsPinned(certificate, pin)), ct).ConfigureAwait(false);
            return stream;
        }
        catch (Exception exception)
        {
            if (stream is null) socket.Dispose();
            else await stream.DisposeAsync().ConfigureAwait(false);
            if (exception is IOException or SocketException or AuthenticationException or OperationCanceledException) return null;
            throw;
        }
    }

    private static int Port(string endpoint) =>
        endpoint.Split(':') is [Name, var text] && ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0
            ? port
            : throw new IOException($"'{endpoint}' is no endpoint of this carrier: expected {Name}:<port>");
}
