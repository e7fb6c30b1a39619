using Flame.CompilerServices;
using Flame.Wire;

namespace Flame.Live;

/// <summary>The caller's <see cref="IAsyncEnumerable{T}"/>: is enumerated as the method enumerates it.</summary>
internal sealed class LentItems<T, TCodec> : LentChannel where TCodec : struct, IPayloadCodec<T>
{
    private readonly Supply _supply;

    public LentItems(string name, IAsyncEnumerable<T> items, LentArguments lent, ChannelWire wire) : base(wire) =>
        _supply = new Supply(lent, wire, creditGrows: true, stop => new Source(items.GetAsyncEnumerator(stop), wire, $"item of '{name}'"));

    public override bool Touched => _supply.HasBegun;

    public override Exception? Thrown => _supply.Thrown;

    public override void Stop() => _supply.Stop();

    public override Task EndAsync() => _supply.EndAsync();

    protected override void OnCredit(int units) => _supply.AddCredit(units);

    protected override void OnCancel() => _supply.Stop();

    private sealed class Source(IAsyncEnumerator<T> items, ChannelWire wire, string what) : ISource
    {
        private readonly PayloadBuffer _buffer = PayloadBuffer.Rent();

        public async ValueTask<ReadOnlyMemory<byte>?> NextAsync()
        {
            if (!await items.MoveNextAsync().ConfigureAwait(false)) return null;
            Payloads.WriteInto<T, TCodec>(_buffer, items.Current, wire.Limit, wire.Method, what);
            return _buffer.Memory;
        }

        public async ValueTask DisposeAsync()
        {
            _buffer.Return();
            await items.DisposeAsync().ConfigureAwait(false);
        }
    }
}
