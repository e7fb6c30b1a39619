using System.Net.Sockets;
using MessagePack;
using MessagePack.Resolvers;
using StreamJsonRpc;

namespace Flame.Benchmarks;

/// <summary>StreamJsonRpc with MessagePack over a Unix socket.</summary>
internal sealed class JsonRpcPeer : IDisposable
{
    public const string Name = "StreamJsonRpc, Unix socket";

    private readonly JsonRpc _rpc;

    private JsonRpcPeer(JsonRpc rpc) => _rpc = rpc;

    public static async Task ServeAsync(string path)
    {
        using var rpc = Open(await UnixSocket.AcceptAsync(path));
        rpc.AddLocalRpcMethod("echo", (Request request) => Echo.Answer(request));
        rpc.StartListening();
        await rpc.Completion;
    }

    public static async Task<JsonRpcPeer> ConnectAsync(string path)
    {
        var rpc = Open(await UnixSocket.ConnectAsync(path));
        rpc.StartListening();
        return new JsonRpcPeer(rpc);
    }

    public Task<Response> CallAsync(Request request) => _rpc.InvokeAsync<Response>("echo", request);

    public void Dispose() => _rpc.Dispose();

    private static JsonRpc Open(Socket socket)
    {
        var formatter = new MessagePackFormatter();
        formatter.SetMessagePackSerializerOptions(MessagePackSerializerOptions.Standard.WithResolver(ContractlessStandardResolver.Instance));
        var stream = new NetworkStream(socket, ownsSocket: true);
        return new JsonRpc(new LengthHeaderMessageHandler(stream, stream, formatter)) { CancelLocallyInvokedMethodsWhenConnectionIsClosed = true };
    }
}
