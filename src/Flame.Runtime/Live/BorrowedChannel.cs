using Flame.Wire;

namespace Flame.Live;

/// <summary>The executor's end of a live argument.</summary>
internal abstract class BorrowedChannel(ChannelWire wire, string name) : LiveChannel(wire)
{
    // The types that everybody knows; made when the first source fails.
    private static readonly Lazy<ExceptionRebuilder> s_exceptions = new(static () => new ExceptionRebuilder());

    private bool _sourceEnded;

    public ushort Number => Wire.Number;

    /// <summary>What it throws because the caller's own object did.</summary>
    public Exception? Thrown { get; private set; }

    protected string Name { get; } = name;

    /// <summary>Ends whoever waits for it, and what is used later, with this. Called under the sender's gate.</summary>
    public abstract void Stop(Exception because);

    /// <summary>Completes when all that was sent through it is on its way, or nobody wants it any more.</summary>
    public virtual ValueTask SentAsync() => default;

    protected void CheckAsked(bool asked)
    {
        if (!asked || _sourceEnded) throw new WireException($"an item came on channel {Number} that nobody waits for");
    }

    protected void SourceEnded()
    {
        if (_sourceEnded) throw new WireException($"channel {Number} ends twice");
        _sourceEnded = true;
    }

    protected Exception SourceThrew(FailureBody failure)
    {
        SourceEnded();
        Thrown = failure.Code == FailureCode.Payload
            ? FlameErrors.CallersPayload(Wire.Method, failure.Message, failure.Size)
            : s_exceptions.Value.Rebuild(FlameErrors.CallerThrew(Wire.Method, Name, failure));
        return Thrown;
    }

    /// <summary>The rest of the source is not wanted.</summary>
    protected void LeaveSource()
    {
        if (!_sourceEnded) Wire.Say(FrameKind.Cancel);
    }
}
