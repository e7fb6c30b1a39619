namespace Flame.Wire;

/// <summary>What the receiver of a run of items owes their sender. Items are taken on any thread, and arrive on the read loop.</summary>
/// <remarks>
/// An item may cost more than all credit that there is, so it holds back a part only and the rest is paid back while
/// it arrives. One account pays back both: what two accounts keep for a later frame could together be all of it, and
/// the rest of an item would wait for ever.
/// </remarks>
internal sealed class CreditAccount
{
    private const int GrantAt = Outgoing.InitialCredit / 2;
    private const int GrantPiecesAt = Outgoing.InitialCredit / 8;
    private const int MostHeldBack = Outgoing.InitialCredit / 2;

    private int _owed;

    // What the sender may still have under way, by all that it was granted.
    private int _open = Outgoing.InitialCredit;

    // Of the item that arrives; the read loop's own.
    private int _heldBack;

    /// <summary>A piece of an item came, or a whole one. Says what to grant now.</summary>
    /// <exception cref="WireException">There was no credit for it: whoever sends on regardless would fill this side's memory.</exception>
    public int Arrived(int length)
    {
        var cost = Outgoing.Cost(length);
        if (Interlocked.Add(ref _open, -cost) + cost <= 0) throw new WireException("more items came than there was credit for");
        var held = Math.Min(cost, MostHeldBack - _heldBack);
        _heldBack += held;
        return PayBack(cost - held, GrantPiecesAt);
    }

    /// <summary>The item is whole. Says what it holds back until it is taken.</summary>
    public int Whole()
    {
        var cost = _heldBack;
        _heldBack = 0;
        return cost;
    }

    /// <summary>An item was taken that held back so much. Says what to grant now; where it was the last one, all that is owed.</summary>
    public int Taken(int cost, bool last = false) => PayBack(cost, last ? 1 : GrantAt);

    private int PayBack(int units, int grantAt)
    {
        if (Interlocked.Add(ref _owed, units) < grantAt) return 0;
        var granted = Interlocked.Exchange(ref _owed, 0);

        // Before the sender can know of it.
        Interlocked.Add(ref _open, granted);
        return granted;
    }
}
