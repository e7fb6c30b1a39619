using Flame.CompilerServices;
using Flame.Wire;

namespace Flame.Links;

/// <summary>
/// A call that yields items. The executor may be ahead by the credit and no more; taking an item gives its credit
/// back; leaving the enumeration cancels the call.
/// </summary>
/// <remarks>
/// An item may cost more than all credit that there is, so it holds back a part only and the rest is paid back while
/// it arrives. One account pays back both: what two accounts keep for a later frame could together be all of it, and
/// the rest of an item would wait for ever.
/// </remarks>
internal sealed class StreamCall<TItem, TCodec>(CancellationToken call, CancellationToken enumeration) : PendingCall
    where TCodec : struct, IPayloadCodec<TItem>
{
    private const int GrantAt = Outgoing.InitialCredit / 2;
    private const int GrantPiecesAt = Outgoing.InitialCredit / 8;
    private const int MostHeldBack = Outgoing.InitialCredit / 2;

    private readonly Lock _gate = new();
    private readonly Queue<(TItem Item, int Cost)> _items = new();
    private TaskCompletionSource? _arrival;
    private Exception? _failure;
    private bool _ended;
    private int _owed;

    // Of the item that arrives; the read loop's own.
    private int _heldBack;

    // The token that the caller knows, not the one that links its two.
    protected override CancellationToken CancelledBy =>
        call.IsCancellationRequested ? call : enumeration.IsCancellationRequested ? enumeration : base.CancelledBy;

    public override void PieceArrived(int length)
    {
        var cost = Outgoing.Cost(length);
        var held = Math.Min(cost, MostHeldBack - _heldBack);
        _heldBack += held;
        PayBack(cost - held, GrantPiecesAt);
    }

    public override void ItemArrived(ReadOnlySpan<byte> item)
    {
        var heldBack = _heldBack;
        _heldBack = 0;
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
            _items.Enqueue((value, heldBack));
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
        int cost;
        lock (_gate)
        {
            if (!_items.TryDequeue(out var next))
            {
                if (_failure is not null) throw _failure;
                if (!_ended) wait = (_arrival ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
                return false;
            }

            (item, cost) = next;
        }

        PayBack(cost, GrantAt);
        return true;
    }

    private void PayBack(int units, int grantAt)
    {
        int grant;
        lock (_gate)
        {
            _owed += units;
            if (_owed < grantAt || _ended) return;
            (grant, _owed) = (_owed, 0);
        }

        Link?.Grant(this, grant);
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
