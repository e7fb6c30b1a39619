namespace Flame.Live;

/// <summary>The caller's end of a live argument.</summary>
internal abstract class LentChannel(ChannelWire wire) : LiveChannel(wire)
{
    /// <summary>Whether the object is no more as it was, so that the call cannot begin again.</summary>
    public virtual bool Touched => false;

    /// <summary>What the object threw when it was read.</summary>
    public virtual Exception? Thrown => null;

    /// <summary>Does nothing more with the object.</summary>
    public abstract void Stop();

    /// <summary>Nothing more comes. Completes when what came is with the object.</summary>
    public abstract Task EndAsync();
}
