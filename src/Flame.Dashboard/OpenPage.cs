using System.Threading.Channels;

namespace Flame.Dashboard;

/// <summary>A page that is open somewhere: what it is to get next. It never has more than one thing to get, however slow it is. Given by one, taken by one.</summary>
internal sealed class OpenPage
{
    private readonly Channel<ReadOnlyMemory<byte>> _next = Channel.CreateBounded<ReadOnlyMemory<byte>>(1);

    /// <summary>Whether it missed something, and could take a whole picture now.</summary>
    public bool IsBehind { get; private set; }

    /// <returns><see langword="false"/>: it has not taken what it was given before, or has missed something since.</returns>
    public bool Give(ReadOnlyMemory<byte> tick)
    {
        if (!IsBehind && _next.Writer.TryWrite(tick)) return true;
        IsBehind = true;
        return false;
    }

    /// <summary>Gives it a whole picture, if it can take one.</summary>
    public void Catch(ReadOnlyMemory<byte> whole)
    {
        if (_next.Writer.TryWrite(whole)) IsBehind = false;
    }

    public ValueTask<ReadOnlyMemory<byte>> NextAsync(CancellationToken ct) => _next.Reader.ReadAsync(ct);
}
