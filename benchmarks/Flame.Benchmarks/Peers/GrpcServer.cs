using System.Diagnostics;
using System.Globalization;
using Flame.Links;

namespace Flame.Benchmarks;

/// <summary>A <see cref="GrpcPeer"/> in a process of its own, and a client for each way to it.</summary>
internal sealed class GrpcServer : IAsyncDisposable
{
    private readonly SocketDirectory _directory;
    private readonly ChildProcess _child;

    private GrpcServer(SocketDirectory directory, ChildProcess child, int port, string pin)
    {
        (_directory, _child) = (directory, child);
        Process = Process.GetProcessById(child.Id);
        OverSocket = GrpcClient.OverSocket(directory.SocketPath);
        OverTls = GrpcClient.OverTls(port, pin);
    }

    public Process Process { get; }

    public GrpcClient OverSocket { get; }

    public GrpcClient OverTls { get; }

    public static async Task<GrpcServer> StartAsync()
    {
        var directory = SocketDirectory.Create();
        var child = PeerServer.Start(GrpcPeer.Name, directory.SocketPath);
        var port = int.Parse(await child.ReadAsync(), CultureInfo.InvariantCulture);
        return new GrpcServer(directory, child, port, await child.ReadAsync());
    }

    public async ValueTask DisposeAsync()
    {
        OverSocket.Dispose();
        OverTls.Dispose();
        Process.Dispose();
        await _child.DisposeAsync();
        _directory.Delete();
    }
}
