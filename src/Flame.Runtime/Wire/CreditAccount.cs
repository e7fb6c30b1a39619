namespace Flame.Wire;

/// <summary>What the receiver of a run of items owes their sender. Items are taken on any thread, and arrive on the read loop.</summary>
/// <remarks>
/// An item may cost more than all credit that there is, so it holds back a part only and the rest is paid back while
/// it arrives. One account pays back both: what two accounts keep for a later frame could together be all of it, and
/// the rest of an item would wait for ever.
///
/// Whoever takes small items faster than credit comes and goes gets twice as much, again and again: the sender would wait for
/// each grant. Who lets them wait, or whose sender takes its time, stays where it is, so that little is made that nobody takes.
/// </remarks>
/// <param name="most">What the credit may grow to.</param>
internal sealed class CreditAccount(int most = Outgoing.InitialCredit)
{
    private const int GrantPiecesAt = Outgoing.InitialCredit / 8;
    private const int MostHeldBack = Outgoing.InitialCredit / 2;

    private int _owed;

    // What the sender has at most. The taker's own; the read loop may see a smaller one for a while.
    private volatile int _window = Outgoing.InitialCredit;

    // The sender has nearly used up what it had.
    private volatile bool _pressed;

    // What the sender may still have under way, by all that it was granted.
    private int _open = Outgoing.InitialCredit;

    // Of the item that arrives; the read loop's own.
    private int _heldBack;

    /// <summary>A piece of an item came, or a whole one. Says what to grant now.</summary>
    /// <exception cref="WireException">There was no credit for it: whoever sends on regardless would fill this side's memory.</exception>
    public int Arrived(int length)
    {
        var cost = Outgoing.Cost(length);
        var open = Interlocked.Add(ref _open, -cost);
        if (open + cost <= 0) throw new WireException("more items came than there was credit for");
        if (cost == 1 && open <= _window / 4) _pressed = true;
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

    /// <summary>An item was taken that held back so much. Says what to grant now.</summary>
    /// <param name="cost">What it held back.</param>
    /// <param name="keepsUp">Whether none waits behind it.</param>
    public int Taken(int cost, bool keepsUp)
    {
        if (!keepsUp || !_pressed || _window >= most) return PayBack(cost, _window / 2);
        var more = Math.Min(_window, most - _window);
        _window += more;
        _pressed = false;
        return PayBack(cost + more, 1);
    }

    /// <summary>One was taken behind which none waits. Says what to grant now: all that is owed.</summary>
    public int TakenLast(int cost) => PayBack(cost, 1);

    private int PayBack(int units, int grantAt)
    {
        if (Interlocked.Add(ref _owed, units) < grantAt) return 0;
        var granted = Interlocked.Exchange(ref _owed, 0);

        // Before the sender can know of it.
        Interlocked.Add(ref _open, granted);
        return granted;
    }
}
