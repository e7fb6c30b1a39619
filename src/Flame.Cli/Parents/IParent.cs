using Flame.Control;

namespace Flame.Cli.Parents;

/// <summary>A program with pools that can be asked.</summary>
internal interface IParent
{
    /// <summary>What it is called here: a process, an address.</summary>
    string Name { get; }

    /// <summary>Asks, and gives the answer a line at a time, without its end.</summary>
    /// <exception cref="ToolException">It does not answer, or says no.</exception>
    IAsyncEnumerable<AnswerLine> AskAsync(ControlRequest request, CancellationToken ct);
}

/// <summary>A line of an answer: as it came, and what it says.</summary>
internal readonly record struct AnswerLine(string Text, ControlAnswer Answer);
