using Flame.Links;

namespace Flame.Backends;

/// <summary>How executors are made and ended: local processes, machines, pods. Implementations are thread-safe.</summary>
public abstract class FlameBackend
{
    /// <summary>The name used in configuration, logs and errors, for example <c>local</c>.</summary>
    public abstract string Name { get; }

    /// <summary>What its executors must dial, where only one way leads to the parent; <see langword="null"/>: what the process was told to use.</summary>
    internal virtual LinkCarrier? Carrier => null;

    /// <summary>
    /// Creates one executor. It need not be connected when this returns: the pool waits for its link. On failure
    /// nothing may be left behind.
    /// </summary>
    /// <param name="request">What to start.</param>
    /// <param name="ct">Fires when the boot's budget has run out.</param>
    /// <returns>The handle of what was created.</returns>
    /// <exception cref="BackendException">It could not be created.</exception>
    public abstract Task<BackendExecutor> StartAsync(BootRequest request, CancellationToken ct);
}

/// <summary>What a backend holds of one executor that it made. Thread-safe.</summary>
public abstract class BackendExecutor : IAsyncDisposable
{
    /// <summary>What it is, for people: <c>process 4711</c>, <c>pod gpu-x7</c>.</summary>
    public abstract string Description { get; }

    /// <summary>Completes when it is gone, with the reason in words: exit code, signal, last lines. Never faults.</summary>
    public abstract Task<string> Exited { get; }

    /// <summary>The same of one that is gone because it was asked to: where it went well, its last lines explain nothing.</summary>
    internal virtual string ExitedAsAsked => Exited.Result;

    /// <summary>Ends it at once, with everything that it started. Idempotent; returns when it is gone.</summary>
    /// <param name="ct">Gives up waiting.</param>
    /// <returns>Completes when it is gone.</returns>
    public abstract Task StopAsync(CancellationToken ct);

    /// <inheritdoc />
    public abstract ValueTask DisposeAsync();
}

/// <summary>One executor to be made.</summary>
/// <param name="Pool">The pool that asks.</param>
/// <param name="Executor">The executor's name, unique in this parent: <c>gpu/3</c>.</param>
/// <param name="ParentVariable">The value of <c>FLAME_PARENT</c>. A secret: it holds the one-time token.</param>
/// <param name="Output">Takes each line that the executor writes outside the link; any thread.</param>
public sealed record BootRequest(string Pool, string Executor, string ParentVariable, Action<OutputLine> Output)
{
    /// <summary>The pool's clock, for a backend whose executors share it.</summary>
    internal TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Makes the pools of an executor, for a backend whose executors share the process; <see langword="null"/>: they have none.</summary>
    internal Func<string, FlamePools>? PoolsOf { get; init; }

    /// <inheritdoc />
    public override string ToString() => $"{Executor} of pool {Pool}";
}

/// <summary>A line of an executor's output.</summary>
/// <param name="Text">The line.</param>
/// <param name="IsError">Whether it came from standard error: then the parent logs it as a warning.</param>
public readonly record struct OutputLine(string Text, bool IsError);

/// <summary>A backend could not create an executor. The message is in the backend's words, without secrets.</summary>
public sealed class BackendException : Exception
{
    /// <summary>Says why.</summary>
    /// <param name="message">The backend's words.</param>
    /// <param name="permanent">Whether another try cannot help: a missing image or program, a refused credential.</param>
    /// <param name="inner">The cause.</param>
    public BackendException(string message, bool permanent = false, Exception? inner = null) : base(message, inner) => Permanent = permanent;

    /// <summary>Whether another try cannot help.</summary>
    public bool Permanent { get; }
}
