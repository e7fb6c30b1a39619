using System.Collections.Concurrent;
using MemoryPack;

namespace Flame.Benchmarks;

/// <summary>Both ends of a hand-made protocol, whatever carries its frames. No deadlines, no cancellation, no failures, no limits.</summary>
internal sealed class FramedCalls
{
    private readonly ConcurrentDictionary<int, TaskCompletionSource<Response>> _pending = new();
    private readonly FrameBatches _writer;
    private int _lastCall;

    public FramedCalls(Func<ReadOnlyMemory<byte>, ValueTask> send) => _writer = new FrameBatches(send);

    /// <summary>What the other end does with a request.</summary>
    public static Action<int, ReadOnlySpan<byte>> Answers(FrameBatches writer) => (call, bytes) =>
    {
        var request = MemoryPackSerializer.Deserialize<Request>(bytes)!;
        ThreadPool.UnsafeQueueUserWorkItem(static w => w.writer.Write(w.call, Echo.Answer(w.request)), (writer, call, request), preferLocal: false);
    };

    public Task<Response> CallAsync(Request request)
    {
        var call = Interlocked.Increment(ref _lastCall);
        var pending = _pending[call] = new TaskCompletionSource<Response>(TaskCreationOptions.RunContinuationsAsynchronously);
        _writer.Write(call, request);
        return pending.Task;
    }

    public void Complete(int call, ReadOnlySpan<byte> bytes)
    {
        if (_pending.TryRemove(call, out var pending)) pending.SetResult(MemoryPackSerializer.Deserialize<Response>(bytes)!);
    }
}
