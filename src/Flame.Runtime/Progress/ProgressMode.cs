namespace Flame.Progress;

/// <summary>How progress is shown here.</summary>
internal static class ProgressMode
{
    public const string Variable = "FLAME_PROGRESS";

    /// <summary>Who starts the program knows better than who wrote it.</summary>
    /// <param name="wanted">What the program says.</param>
    /// <param name="variable">Reads the environment.</param>
    /// <param name="isTerminal">Whether lines can change in place; asked for only if that matters.</param>
    /// <param name="wrong">What the variable says, if that is none of the modes; then it says nothing.</param>
    /// <returns><see cref="FlameProgress.Auto"/>: in place.</returns>
    public static FlameProgress Of(FlameProgress wanted, Func<string, string?> variable, Func<bool> isTerminal, out string? wrong)
    {
        var said = variable(Variable);
        wrong = null;
        if (!string.IsNullOrEmpty(said))
        {
            if (Read(said) is { } mode) wanted = mode;
            else wrong = said;
        }

        if (wanted != FlameProgress.Auto) return wanted;
        return IsSet(variable("CI")) || variable("TERM") is null or "" or "dumb" || !isTerminal() ? FlameProgress.Off : FlameProgress.Auto;
    }

    // Not Enum.Parse, which takes numbers and needs reflection.
    private static FlameProgress? Read(string said) => said.ToUpperInvariant() switch
    {
        "AUTO" => FlameProgress.Auto,
        "PLAIN" => FlameProgress.Plain,
        "OFF" => FlameProgress.Off,
        _ => null,
    };

    private static bool IsSet(string? value) => !string.IsNullOrEmpty(value) && !value.Equals("false", StringComparison.OrdinalIgnoreCase) && value != "0";
}
