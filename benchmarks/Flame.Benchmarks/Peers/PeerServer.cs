namespace Flame.Benchmarks;

/// <summary>The other end of each peer, in a process of its own of this binary. It says one line, or more, when it listens.</summary>
internal static class PeerServer
{
    public const string Switch = "--peer";

    public static ChildProcess Start(string peer, string path = "") => new(Environment.ProcessPath!, Switch, peer, path);

    // Apart, for where a start is measured: whatever the others refer to would be loaded with the method that names them.
    public static Task ServeAsync(string peer, string path) => peer == DialBack.Name ? DialBack.ServeAsync(path) : ServeWarmAsync(peer, path);

    private static Task ServeWarmAsync(string peer, string path) => peer switch
    {
        SocketEcho.Name => SocketEcho.ServeAsync(path),
        SocketPeer.Name => SocketPeer.ServeAsync(path),
        JsonRpcPeer.Name => JsonRpcPeer.ServeAsync(path),
        BlockingPeer.Name => BlockingPeer.ServeAsync(path),
        OrleansPeer.Name => OrleansPeer.ServeAsync(),
        _ => GrpcPeer.ServeAsync(path),
    };
}
