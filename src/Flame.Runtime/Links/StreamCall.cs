using Flame.CompilerServices;
using Flame.Wire;

namespace Flame.Links;

/// <summary>
/// A call that yields items. The executor may be ahead by the credit and no more; taking an item gives its credit
/// back; leaving the enumeration cancels the call.
/// </summary>
internal sealed class StreamCall<TItem, TCodec>(CancellationToken call, CancellationToken enumeration) : PendingCall
    where TCodec : struct, IPayloadCodec<TItem>
{
    private readonly ItemQueue<TItem> _items = new();
    private readonly CreditAccount _account = new(Outgoing.MostCreditOfItems);
    private bool _hasItems;

    // The token that the caller knows, not the one that links its two.
    protected override CancellationToken CancelledBy =>
        call.IsCancellationRequested ? call : enumeration.IsCancellationRequested ? enumeration : base.CancelledBy;

    public override bool HasItems => _hasItems;

    public override void PieceArrived(int length)
    {
        _hasItems = true;
        Grant(_account.Arrived(length));
    }

    public override void ItemArrived(ReadOnlySpan<byte> item)
    {
        var heldBack = _account.Whole();
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

        Telemetry?.Item(value);
        _items.Add(value, heldBack);
    }

    public override void Completed(ReadOnlySpan<byte> result, byte[][]? blobs)
    {
        if (TryEndCaller()) _items.End();
    }

    public async IAsyncEnumerable<TItem> ReadAsync()
    {
        try
        {
            do
            {
                while (_items.TryTake(out var item, out var cost))
                {
                    Grant(_account.Taken(cost, _items.IsEmpty));
                    yield return item;
                }
            }
            while (await _items.MoreAsync().ConfigureAwait(false));
        }
        finally
        {
            // Left before the end: nobody wants the rest.
            if (TryEndCaller()) Withdraw();
            CallerLeft();
        }
    }

    protected override void Fail(Exception reason) => _items.End(reason, drop: reason is OperationCanceledException);

    private void Grant(int units)
    {
        if (units > 0 && !_items.HasEnded) Link?.Grant(this, units);
    }
}
