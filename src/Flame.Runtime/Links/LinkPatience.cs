namespace Flame.Links;

/// <summary>
/// How long a link bears what no executor of ours does: to send and to read nothing, or to be asked to stop a call and not
/// to answer. Counts beats of the heart, and only those after which this side had seen what had arrived. Used under the
/// gate of the link's sender.
/// </summary>
internal sealed class LinkPatience(TimeSpan heartbeat, TimeSpan cancelGrace)
{
    // Beats that a call may take to end once it was asked to: the method's grace, and as many as make a silence.
    private readonly uint _grace = (uint)Math.Min(Math.Ceiling(cancelGrace / heartbeat), int.MaxValue) + Heartbeat.Allowed + 1;
    private uint? _lastWrite;
    private int _standstill;

    /// <summary>How many beats there were, and one: never 0.</summary>
    public uint Beats { get; private set; } = 1;

    /// <summary>Another beat.</summary>
    /// <param name="writing">The write that has not ended yet, by its number.</param>
    /// <param name="calls">The calls that are under way.</param>
    /// <returns>What can be borne no longer; <see langword="null"/>: nothing.</returns>
    public string? Judge(uint? writing, CallTable calls)
    {
        Beats++;
        _standstill = writing is not null && writing == _lastWrite ? _standstill + 1 : 0;
        _lastWrite = writing;
        if (_standstill > Heartbeat.Allowed) return $"it has read nothing for {heartbeat * Heartbeat.Allowed}";
        return Beats > _grace && calls.Unanswered(before: Beats - _grace) is { } call ? $"it did not answer when it was asked to stop {call.Method.Name}" : null;
    }
}
