using Flame.Wire;

namespace Flame.Executor;

/// <summary>What running calls send: items, and one terminal frame each, after which the call is in no table.</summary>
internal sealed class CallReplies(FrameSender sender, RunningCalls calls)
{
    /// <summary>Completes when the item is on its way and there is credit for another.</summary>
    public async ValueTask SendItemAsync(RunningCall call)
    {
        Task wait;
        bool flush;
        lock (sender.Gate)
        {
            if (sender.Closed) throw new OperationCanceledException("the link is closed");
            sender.AppendPayload(FrameKind.Item, call.Id, call.Result.Memory, call.Outgoing);
            wait = FrameSender.When(call.Outgoing, credit: 1);
            flush = sender.Leave();
        }

        if (flush) sender.Flush();
        await wait.ConfigureAwait(false);
    }

    /// <summary>Wakes a call that waits for credit, so that it sees that it shall stop.</summary>
    public void Wake(RunningCall call)
    {
        lock (sender.Gate) call.Outgoing.Idle?.TrySetResult();
    }

    /// <summary>Completes when the result's memory is free: all of it is on its way, or nobody is left to send it to.</summary>
    public async ValueTask CompleteAsync(RunningCall call)
    {
        var wait = Task.CompletedTask;
        var flush = false;
        lock (sender.Gate)
        {
            if (!sender.Closed)
            {
                var large = call.Result.Length > FrameHeader.ChunkSize;
                sender.AppendPayload(FrameKind.Result, call.Id, call.Result, large ? call.Outgoing : null);
                if (large) wait = FrameSender.When(call.Outgoing, credit: int.MinValue);
                flush = sender.Leave();
            }
        }

        if (flush) sender.Flush();
        await wait.ConfigureAwait(false);
        calls.Remove(call);
    }

    public void Fail(RunningCall call, FailureBody failure, FrameFlags flags)
    {
        lock (sender.Gate) call.Outgoing.Close();
        sender.Send(FrameKind.Failure, flags, call.Id, failure.Encode());
        calls.Remove(call);
    }
}
