namespace Sweep;

/// <summary>What the user asked for, on the command line or in any other configuration: <c>--variants 16 --steps 200</c>.</summary>
internal sealed record Options
{
    /// <summary>How many variants are trained.</summary>
    public int Variants { get; init; } = Grid.Size;

    /// <summary>How many steps each is trained, if it is not stopped.</summary>
    public int Steps { get; init; } = 400;

    /// <summary>Where the best model goes.</summary>
    public string Out { get; init; } = Path.Combine("out", "sweep");

    /// <summary>Whether the dashboard stays open at the end.</summary>
    public bool Stay { get; init; }

    public string? Problem =>
        Variants < 1 || Variants > Grid.Size ? $"--variants takes 1 to {Grid.Size}, not {Variants}."
        : Steps < 8 || Steps > 100_000 ? $"--steps takes 8 to 100000, not {Steps}."
        : null;
}
