using Flame.Links;
using Grpc.Core;

namespace Flame.Grpc;

/// <summary>The parent's end of one executor's call.</summary>
internal sealed class GrpcServerStream(IAsyncStreamReader<LinkMessage> requests, IServerStreamWriter<LinkMessage> responses, ServerCallContext call)
    : GrpcStream(call.Peer), IArrival
{
    private readonly CancellationTokenSource _noMoreReads = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the owner is done with the stream: the call's handler returns then, which is what ends the call.</summary>
    public Task Ended => _ended.Task;

    public void Admitted() => call.GetHttpContext().Features.Get<Newcomers.Newcomer>()?.Dispose();

    protected override LinkMessage? Arrived => requests.Current;

    protected override Task<bool> MoveNextAsync() => requests.MoveNext(_noMoreReads.Token);

    protected override Task SendAsync(LinkMessage message) => responses.WriteAsync(message);

    protected override async Task EndAsync(bool atOnce)
    {
        if (atOnce) call.GetHttpContext().Abort();

        // A read under way would still look at the request while Kestrel clears it away.
        await _noMoreReads.CancelAsync().ConfigureAwait(false);
        if (PendingRead is { } reading) await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _ended.TrySetResult();
    }
}
