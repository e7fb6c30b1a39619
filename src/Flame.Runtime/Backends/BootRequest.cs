using Flame.Telemetry;

namespace Flame.Backends;

/// <summary>One executor to be made.</summary>
/// <param name="Pool">The pool that asks.</param>
/// <param name="Executor">The executor's name, unique in this parent: <c>gpu/3</c>.</param>
/// <param name="ParentVariable">The value of <c>FLAME_PARENT</c>. A secret: it holds the one-time token.</param>
/// <param name="Output">Takes each line that the executor writes outside the link; any thread.</param>
public sealed record BootRequest(string Pool, string Executor, string ParentVariable, Action<OutputLine> Output)
{
    /// <summary>What the pool's executors have to have.</summary>
    public FlameResources Resources { get; init; } = new();

    /// <summary>How long the whole boot may take.</summary>
    public TimeSpan BootTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the executor's calls may go on once it is told to end.</summary>
    public TimeSpan ShutdownTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Takes what the boot waits for at this moment, for people, going on from its name: <c>waits for its image</c>. A boot that runs out of time says the last.</summary>
    public Action<string> Report { get; init; } = static _ => { };

    /// <summary>The pool's clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Makes the pools of an executor, for a backend whose executors share the process; <see langword="null"/>: they have none.</summary>
    internal Func<string, FlamePools>? PoolsOf { get; init; }

    /// <summary>Takes the parts of the boot that the backend knows; <see langword="null"/>: nobody asks.</summary>
    internal BootClock? Clock { get; init; }

    /// <inheritdoc />
    public override string ToString() => $"{Executor} of pool {Pool}";
}

/// <summary>A line of an executor's output.</summary>
/// <param name="Text">The line.</param>
/// <param name="IsError">Whether it came from standard error: then the parent logs it as a warning.</param>
public readonly record struct OutputLine(string Text, bool IsError);
