namespace Flame.Cli;

/// <summary>Why the tool cannot do what it was asked; its message begins with no id, it has one.</summary>
#pragma warning disable CA1032 // It has an id, always.
internal sealed class ToolException(string id, string message) : Exception(message)
#pragma warning restore CA1032
{
    public string Id { get; } = id;
}
