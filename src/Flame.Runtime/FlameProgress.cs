namespace Flame;

/// <summary>What is written to standard error while work takes long. The variable <c>FLAME_PROGRESS</c>, whose value is one of these names, wins.</summary>
public enum FlameProgress
{
    /// <summary>Lines that change in place at the bottom of a terminal, and nothing elsewhere, or where the variable <c>CI</c> is set.</summary>
    Auto,

    /// <summary>A line now and then, on whatever standard error is.</summary>
    Plain,

    /// <summary>Nothing.</summary>
    Off,
}
