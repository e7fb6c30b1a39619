using Flame.CompilerServices;
using Flame.Wire;

namespace Flame.Links;

/// <summary>
/// A call that yields items. The executor may be ahead by the credit and no more; taking an item gives its credit
/// back; leaving the enumeration cancels the call.
/// </summary>
internal sealed class StreamCall<TItem, TCodec> : PendingCall
    where TCodec : struct, IPayloadCodec<TItem>
{
    private const int GrantAt = Outgoing.InitialCredit / 2;

    private readonly Lock _gate = new();
    private readonly Queue<(TItem Item, int Cost)> _items = new();
    private TaskCompletionSource? _arrival;
    private Exception? _failure;
    private bool _ended;
    private int _owed;

    public override void ItemArrived(ReadOnlySpan<byte> item)
    {
        if (HasCallerEnded) return;
        TItem value;
        try
        {
            value = Payloads.Read<TItem, TCodec>(item, "item");
        }
        catch (Exception e)
        {
            if (TryFail(e)) Withdraw();
            return;
        }

        lock (_gate)
        {
            // The pieces of a large item were paid back as they came; its first frame costs like any other.
            _items.Enqueue((value, Outgoing.Cost(Math.Min(item.Length, FrameHeader.ChunkSize))));
            Signal();
        }
    }

    public override void Completed(ReadOnlySpan<byte> result)
    {
        if (TryEndCaller()) End(null);
    }

    public async IAsyncEnumerable<TItem> ReadAsync()
    {
        try
        {
            while (true)
            {
                Task wait;
                while (TryTake(out var item, out wait)) yield return item;
                if (wait == Task.CompletedTask) yield break;
                await wait.ConfigureAwait(false);
            }
        }
        finally
        {
            // Left before the end: nobody wants the rest.
            if (TryEndCaller()) Withdraw();
            CallerLeft();
        }
    }

    protected override void Fail(Exception reason) => End(reason);

    private bool TryTake(out TItem item, out Task wait)
    {
        item = default!;
        wait = Task.CompletedTask;
        int grant = 0;
        lock (_gate)
        {
            if (!_items.TryDequeue(out var next))
            {
                if (_failure is not null) throw _failure;
                if (!_ended) wait = (_arrival ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
                return false;
            }

            item = next.Item;
            _owed += next.Cost;
            if (_owed >= GrantAt && !_ended) (grant, _owed) = (_owed, 0);
        }

        if (grant > 0) Link?.Grant(this, grant);
        return true;
    }

    private void End(Exception? failure)
    {
        lock (_gate)
        {
            _ended = true;
            _failure = failure;
            if (failure is OperationCanceledException) _items.Clear();
            Signal();
        }
    }

    private void Signal()
    {
        _arrival?.TrySetResult();
        _arrival = null;
    }
}
