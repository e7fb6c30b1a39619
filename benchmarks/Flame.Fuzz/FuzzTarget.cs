namespace Flame.Fuzz;

/// <summary>One place where bytes from outside come in.</summary>
internal abstract class FuzzTarget
{
    public abstract string Name { get; }

    /// <summary>Inputs as they should be, of which the others are made.</summary>
    public abstract IReadOnlyList<byte[]> Seeds { get; }

    /// <summary>How many inputs it gets for each thousand of another; less, where one costs more.</summary>
    public virtual int Weight => 1000;

    /// <summary>What it may allocate whatever comes, and for each byte that does.</summary>
    public virtual (long Always, long ForEachByte) Allowance => (16 * 1024, 64);

    /// <summary>Reads the input. What it throws is a finding: what it may throw, it catches.</summary>
    public abstract void Run(ReadOnlySpan<byte> input);
}
