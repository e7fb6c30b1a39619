namespace Flame.Backends;

/// <summary>What a backend holds of one executor that it made. Thread-safe.</summary>
public abstract class BackendExecutor : IAsyncDisposable
{
    /// <summary>What it is, for people: <c>process 4711</c>, <c>pod gpu-x7</c>.</summary>
    public abstract string Description { get; }

    /// <summary>
    /// Completes when it is gone, or can never come up. Never faults. A link that is still open a second later is given
    /// up: the platform knows what the network has not told.
    /// </summary>
    public abstract Task<BackendExit> Exited { get; }

    /// <summary>What its platform suspects while it is not gone, going on from the description; <see langword="null"/>: nothing. It is added to the reason of a link that fell silent.</summary>
    public virtual string? Trouble => null;

    /// <summary>Whether it is in this process, and has whatever is loaded here.</summary>
    internal virtual bool SharesProcess => false;

    /// <summary>Runs a program where the executor runs, without input, until it ends; cancelled, the program is ended.</summary>
    /// <param name="words">The program and its arguments.</param>
    /// <param name="print">Takes what it prints: whether to standard error, and what; nothing at the end of each.</param>
    /// <param name="ct">Ends it.</param>
    /// <returns>Its exit code.</returns>
    /// <exception cref="Control.ControlException">The backend cannot, or it could not be started.</exception>
    internal virtual Task<int> RunAsync(IReadOnlyList<string> words, Func<bool, ReadOnlyMemory<byte>, Task> print, CancellationToken ct) =>
        throw new Control.ControlException("FLM5009", $"Nothing can be run in {Description}: its backend has no way to.");

    /// <summary>Ends it at once, with everything that it started. Idempotent; returns when it is gone.</summary>
    /// <param name="ct">Gives up waiting.</param>
    /// <returns>Completes when it is gone.</returns>
    public abstract Task StopAsync(CancellationToken ct);

    /// <inheritdoc />
    public abstract ValueTask DisposeAsync();
}

/// <summary>The end of an executor in words. They go on from its <see cref="BackendExecutor.Description"/>.</summary>
/// <param name="Reason">Exit code, signal, last lines: <c>killed by SIGSEGV; last output: …</c>. Without secrets.</param>
/// <param name="Permanent">Whether another boot cannot help, for example because there is no such image.</param>
public sealed record BackendExit(string Reason, bool Permanent = false)
{
    /// <summary>The same of one that is gone because it was asked to: where it went well, its last lines explain nothing.</summary>
    /// <value>Default: <see cref="Reason"/>.</value>
    public string WhenAsked { get; init; } = Reason;
}
