using Grpc.Core;
using Grpc.Net.Client;

namespace Flame.Grpc;

/// <summary>The executor's end of its call, with the connection that only it uses.</summary>
internal sealed class GrpcClientStream(GrpcChannel channel, AsyncDuplexStreamingCall<LinkMessage, LinkMessage> call, string endpoint)
    : GrpcStream(endpoint)
{
    /// <summary>How long disposing waits for the other end to have read everything.</summary>
    private static readonly TimeSpan s_grace = TimeSpan.FromMilliseconds(250);

    /// <summary>How long the call lives on behind that, as a closed socket does, for a reader that is slow.</summary>
    private static readonly TimeSpan s_linger = TimeSpan.FromSeconds(10);

    protected override LinkMessage? Arrived => call.ResponseStream.Current;

    protected override Task<bool> MoveNextAsync() => call.ResponseStream.MoveNext(CancellationToken.None);

    protected override Task SendAsync(LinkMessage message) => call.RequestStream.WriteAsync(message);

    protected override async Task EndAsync(bool atOnce)
    {
        if (atOnce)
        {
            Cut();
            return;
        }

        // To dispose the call resets the stream, and a reset overtakes what the parent has not read yet. So the end
        // is sent behind the last bytes, and the reset waits until the parent has ended its side too.
        await LingerAsync().WaitAsync(s_grace, TimeProvider.System).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task LingerAsync()
    {
        using var patience = new CancellationTokenSource(s_linger, TimeProvider.System);
        await using var cut = patience.Token.UnsafeRegister(static stream => ((GrpcClientStream)stream!).Cut(), this);
        try
        {
            await call.RequestStream.CompleteAsync().ConfigureAwait(false);

            // What still comes is for nobody; it is taken so that it does not keep the parent from its end.
            while (await Next(forEnd: true).ConfigureAwait(false))
            {
            }
        }
        catch (Exception exception) when (exception is RpcException or IOException or InvalidOperationException or OperationCanceledException)
        {
            // The link is broken already: there is nobody to be graceful to.
        }
        finally
        {
            Cut();
        }
    }

    private void Cut()
    {
        call.Dispose();
        channel.Dispose();
    }
}
