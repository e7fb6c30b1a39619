using Flame.CompilerServices;
using Flame.Links;
using Flame.Wire;

namespace Flame.Live;

/// <summary>Stands for the caller's items: asks for them when it is enumerated, and can be once.</summary>
internal sealed class CallerItems<T, TCodec>(string name, ChannelWire wire) : BorrowedChannel(wire, name), IAsyncEnumerable<T>
    where TCodec : struct, IPayloadCodec<T>
{
    private readonly ItemQueue<T> _items = new();
    private readonly string _what = $"item of '{name}'";
    private int _begun;

    protected override CreditAccount Account { get; } = new(Outgoing.MostCreditOfItems);

    public IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref _begun, 1) != 0) throw FlameErrors.EnumeratedTwice(Wire.Method, Name);
        return ReadAsync(cancellationToken);
    }

    public override void Stop(Exception because) => _items.End(because, drop: true);

    protected override void OnItem(ReadOnlySpan<byte> item, int cost)
    {
        CheckAsked(Volatile.Read(ref _begun) != 0);
        try
        {
            _items.Add(Payloads.Read<T, TCodec>(item, _what), cost);
        }
        catch (PayloadException e)
        {
            _items.End(e);
        }
    }

    protected override void OnEnd()
    {
        SourceEnded();
        _items.End();
    }

    protected override void OnFailure(FailureBody failure) => _items.End(SourceThrew(failure));

    private async IAsyncEnumerator<T> ReadAsync(CancellationToken ct)
    {
        var registration = ct.UnsafeRegister(static (me, ct) => ((CallerItems<T, TCodec>)me!)._items.End(new OperationCanceledException(ct), drop: true), this);
        try
        {
            if (!_items.HasEnded) Wire.Grant(Outgoing.InitialCredit);
            do
            {
                while (_items.TryTake(out var item, out var cost))
                {
                    Wire.Grant(Account.Taken(cost, _items.IsEmpty));
                    yield return item;
                }
            }
            while (await _items.MoreAsync().ConfigureAwait(false));
        }
        finally
        {
            await registration.DisposeAsync().ConfigureAwait(false);
            LeaveSource();
            _items.End(drop: true);
        }
    }
}
