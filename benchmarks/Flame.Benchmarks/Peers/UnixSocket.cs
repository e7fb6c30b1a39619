using System.Net.Sockets;

namespace Flame.Benchmarks;

/// <summary>Both ends of the one connection that a peer has.</summary>
internal static class UnixSocket
{
    /// <summary>Says that it listens, and waits for the other end.</summary>
    public static async Task<Socket> AcceptAsync(string path)
    {
        using var listener = New();
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        Console.WriteLine("listens");
        return await listener.AcceptAsync();
    }

    public static async Task<Socket> ConnectAsync(string path, CancellationToken ct = default)
    {
        var socket = New();
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), ct);
        return socket;
    }

    private static Socket New() => new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
}
