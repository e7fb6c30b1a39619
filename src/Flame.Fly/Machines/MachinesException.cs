namespace Flame.Fly.Machines;

/// <summary>What a failed call to the API means. One status code stands for up to five of these.</summary>
internal enum MachinesFailure
{
    /// <summary>Nothing was sent: no name, no connection.</summary>
    NotSent,

    /// <summary>It may have happened: no answer, a broken one, 408 or 5xx.</summary>
    Unanswered,

    /// <summary>Too many calls.</summary>
    Throttled,

    /// <summary>A host is full; the next try may find another.</summary>
    HostFull,

    /// <summary>The region is full.</summary>
    RegionFull,

    /// <summary>The host of a volume is full, and the volume can be nowhere else.</summary>
    VolumeHostFull,

    /// <summary>A living machine has this name.</summary>
    NameTaken,

    /// <summary>Somebody holds the machine's lease.</summary>
    Leased,

    /// <summary>Somebody else changed it meanwhile.</summary>
    Conflict,

    /// <summary>The machine is not in a state for it.</summary>
    WrongState,

    /// <summary>There is no such machine or application.</summary>
    NotFound,

    /// <summary>The token does not allow it.</summary>
    Refused,

    /// <summary>The organization has reached its quota.</summary>
    Quota,

    /// <summary>The request itself is wrong.</summary>
    Invalid,
}

/// <summary>A call to the API failed. The message is in the API's words, without secrets.</summary>
internal sealed class MachinesException(MachinesFailure failure, string message, Exception? inner = null) : Exception(message, inner)
{
    public MachinesFailure Failure { get; } = failure;

    /// <summary>How long the API asks to wait.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Whether a wait ended before what it waited for.</summary>
    public bool IsNotYet { get; init; }

    /// <summary>The machine that has the name.</summary>
    public string? Holder { get; init; }

    /// <summary>Whether another try cannot help.</summary>
    public bool IsPermanent => Failure is MachinesFailure.Refused or MachinesFailure.Invalid or MachinesFailure.NotFound;
}
