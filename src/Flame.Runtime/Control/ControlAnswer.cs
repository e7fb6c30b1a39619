using Flame.Observation;

namespace Flame.Control;

/// <summary>One line of an answer. It has one of these, and the last line has <see cref="End"/> or <see cref="Error"/>.</summary>
internal sealed record ControlAnswer
{
    /// <summary>The process and its pools.</summary>
    public ProcessView? Process { get; init; }

    /// <summary>A call.</summary>
    public CallView? Call { get; init; }

    /// <summary>An argument of a call.</summary>
    public ArgumentView? Argument { get; init; }

    /// <summary>A line of an executor.</summary>
    public LineView? Line { get; init; }

    /// <summary>The pool whose option this is.</summary>
    public string? Pool { get; init; }

    /// <summary>An option of a pool.</summary>
    public OptionView? Option { get; init; }

    /// <summary>What is spent.</summary>
    public CostView? Cost { get; init; }

    /// <summary>What a check has found.</summary>
    public Finding? Finding { get; init; }

    /// <summary>What is wrong with a value that was to be set.</summary>
    public string? Problem { get; init; }

    /// <summary>What a program that runs where an executor runs has printed.</summary>
    public PrintedText? Printed { get; init; }

    /// <summary>That was all.</summary>
    public ControlEnd? End { get; init; }

    /// <summary>It could not be done.</summary>
    public ControlError? Error { get; init; }
}

/// <summary>The end of an answer.</summary>
/// <param name="Exit">The exit code of the program that was run.</param>
internal sealed record ControlEnd(int? Exit = null);

/// <summary>Why nothing came of it.</summary>
/// <param name="Id">The id of the error.</param>
/// <param name="Message">What is wrong and what to do.</param>
internal sealed record ControlError(string Id, string Message);

/// <summary>What a program printed.</summary>
/// <param name="IsError">Whether it was to standard error.</param>
/// <param name="Text">The text.</param>
internal sealed record PrintedText(bool IsError, string Text);

/// <summary>What a check has found.</summary>
/// <param name="Of">What was looked at: <c>pool gpu</c>, <c>this machine</c>.</param>
/// <param name="Check">The check: <c>options</c>, <c>probe</c>.</param>
/// <param name="Level"><c>ok</c>, <c>warning</c> or <c>problem</c>.</param>
/// <param name="Text">What is so.</param>
/// <param name="ToDo">What to do.</param>
internal sealed record Finding(string Of, string Check, string Level, string Text, string? ToDo = null)
{
    public const string Fine = "ok";
    public const string Warning = "warning";
    public const string Problem = "problem";
}

/// <summary>A request that cannot be done, for a reason that who asks can read.</summary>
#pragma warning disable CA1032 // It has an id, always.
internal sealed class ControlException(string id, string message) : Exception(message)
#pragma warning restore CA1032
{
    public string Id { get; } = id;

    public static ControlException NoPool(FlamePools pools, string? name) =>
        new("FLM5005", $"There is no pool '{name}'. There are: {string.Join(", ", pools.All.Select(static pool => pool.Name).Order(StringComparer.Ordinal))}.");
}
