namespace Flame.Live;

/// <summary>The executor's end of a live argument.</summary>
internal abstract class BorrowedChannel(ChannelWire wire) : LiveChannel(wire)
{
    public ushort Number => Wire.Number;

    /// <summary>Ends whoever waits for it, and what is used later, with this. Called under the sender's gate.</summary>
    public abstract void Stop(Exception because);

    /// <summary>Completes when all that was sent through it is on its way, or nobody wants it any more.</summary>
    public virtual ValueTask SentAsync() => default;
}
