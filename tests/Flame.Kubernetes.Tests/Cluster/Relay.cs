using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Flame.Kubernetes.Tests.Cluster;

/// <summary>
/// The only way out of a network of its own: a socket in the file system, at whose other end is the API server. Inside, it is a
/// port of the loopback address, as it is outside.
/// </summary>
internal sealed class Relay : IDisposable
{
    private readonly Socket _door = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    /// <summary>The end that leads to a port of this machine.</summary>
    public Relay(string way, int port)
    {
        _door.Bind(new UnixDomainSocketEndPoint(way));
        _door.Listen();
        _ = ServeAsync(_door, () => ConnectAsync(new Socket(SocketType.Stream, ProtocolType.Tcp), new IPEndPoint(IPAddress.Loopback, port)));
    }

    /// <summary>The end within: runs a program that sees nothing but the port, and tells its number.</summary>
    public static async Task<int> RunAsync(int port, string way, string[] command)
    {
        using var door = new Socket(SocketType.Stream, ProtocolType.Tcp);
        door.Bind(new IPEndPoint(IPAddress.Loopback, port));
        door.Listen();
        _ = ServeAsync(door, () => ConnectAsync(new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified), new UnixDomainSocketEndPoint(way)));
        using var program = Process.Start(command[0], command[1..]);
        await Console.Out.WriteLineAsync($"process {program.Id}");
        await program.WaitForExitAsync();
        return program.ExitCode;
    }

    public void Dispose() => _door.Dispose();

    private static async Task ServeAsync(Socket door, Func<Task<Socket>> other)
    {
        try
        {
            while (true) _ = JoinAsync(await door.AcceptAsync(), other);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private static async Task<Socket> ConnectAsync(Socket socket, EndPoint to)
    {
        await socket.ConnectAsync(to);
        return socket;
    }

    private static async Task JoinAsync(Socket came, Func<Task<Socket>> other)
    {
        try
        {
            using var here = new NetworkStream(came, ownsSocket: true);
            using var there = new NetworkStream(await other(), ownsSocket: true);
            await Task.WhenAny(here.CopyToAsync(there), there.CopyToAsync(here));
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            // Either end has gone.
        }
    }
}
