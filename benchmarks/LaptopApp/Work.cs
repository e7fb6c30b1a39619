namespace Flame.Benchmarks.Laptop;

internal static class Work
{
    /// <summary>The line that is edited: its number is written over in the assembly, which is then another one, as after a build.</summary>
    public const string Line = "edit 000000";

    [Flame(Pool = "cold")]
    public static Task<string> AnswerAsync() => Task.FromResult(Line);
}
