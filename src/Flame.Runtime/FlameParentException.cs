namespace Flame;

/// <summary>The environment variable <c>FLAME_PARENT</c> is set and cannot be read. Its message never holds the value.</summary>
public sealed class FlameParentException : FormatException
{
    internal FlameParentException(string problem) : base($"{Id}: {FlameParent.Variable} is malformed: {problem}.")
    {
    }

    /// <summary>The stable id; docs/rules has a page for it.</summary>
    public const string Id = "FLM2101";
}
