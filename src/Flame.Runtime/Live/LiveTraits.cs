namespace Flame.Live;

/// <summary>What the executor knows of a live argument beforehand; the numbers are the wire's.</summary>
[Flags]
internal enum LiveTraits : byte
{
    /// <summary>There is none.</summary>
    None = 0,

    /// <summary>There is one.</summary>
    Exists = 1,

    /// <summary>A stream that can be read.</summary>
    CanRead = 2,

    /// <summary>A stream that can be written.</summary>
    CanWrite = 4,

    /// <summary>A stream to read that knows its length, which follows.</summary>
    HasLength = 8,
}
