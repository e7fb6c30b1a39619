using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Grpc.AspNetCore.Server.Model;
using Grpc.Core;

namespace Flame.Grpc;

/// <summary>The streams of executors, waiting to be accepted; as a service of gRPC it takes their calls.</summary>
internal sealed class LinkCalls
{
    private readonly Channel<Stream> _waiting = Channel.CreateUnbounded<Stream>();

    /// <summary>Handles one executor's call: it lasts as long as the stream's owner keeps it.</summary>
    public async Task ConnectAsync(IAsyncStreamReader<LinkMessage> requests, IServerStreamWriter<LinkMessage> responses, ServerCallContext call)
    {
        // Headers first: they tell the executor that it is connected, before anybody has something to say to it.
        await call.WriteResponseHeadersAsync([]).ConfigureAwait(false);
        var stream = new GrpcServerStream(requests, responses, call);
        if (TryAdd(stream)) await stream.Ended.ConfigureAwait(false);
    }

    /// <summary><see langword="false"/>: nobody is let in any more.</summary>
    public bool TryAdd(Stream stream) => _waiting.Writer.TryWrite(stream);

    public async ValueTask<Stream> AcceptAsync(CancellationToken ct)
    {
        try
        {
            return await _waiting.Reader.ReadAsync(ct).ConfigureAwait(false);
        }
        catch (ChannelClosedException exception)
        {
            throw new OperationCanceledException("The listener is closed.", exception);
        }
    }

    /// <summary>Lets nobody in any more, and sends away who was not accepted.</summary>
    public async ValueTask CloseAsync()
    {
        _waiting.Writer.TryComplete();
        while (_waiting.Reader.TryRead(out var stream)) await stream.DisposeAsync().ConfigureAwait(false);
    }
}

/// <summary>Tells gRPC of the one method, where generated code would otherwise be looked for by reflection.</summary>
[SuppressMessage("Performance", "CA1812", Justification = "Made by the container.")]
internal sealed class LinkMethods : IServiceMethodProvider<LinkCalls>
{
    public void OnServiceMethodDiscovery(ServiceMethodProviderContext<LinkCalls> context) => context.AddDuplexStreamingMethod(
        LinkMessage.Method, [], static (calls, requests, responses, call) => calls.ConnectAsync(requests, responses, call));
}
