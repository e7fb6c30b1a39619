namespace Flame.Live;

/// <summary>What the executor knows of a live argument beforehand; the numbers are the wire's.</summary>
[Flags]
internal enum LiveTraits : byte
{
    /// <summary>There is none.</summary>
    None = 0,

    /// <summary>There is one.</summary>
    Exists = 1,
}
