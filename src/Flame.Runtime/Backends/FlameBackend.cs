using Flame.Links;

namespace Flame.Backends;

/// <summary>
/// How executors are made and ended: local processes, machines, pods. Implementations are thread-safe. The pools of a
/// process open each of their backends once before anything boots, and dispose it when no executor is left.
/// </summary>
public abstract class FlameBackend : IAsyncDisposable
{
    /// <summary>By how many pools of processes it is open now.</summary>
    internal int Opened;

    /// <summary>The name used in configuration, logs and errors, for example <c>local</c>.</summary>
    public abstract string Name { get; }

    /// <summary>What its executors must dial, where only one way leads to the parent; <see langword="null"/>: what the process was told to use.</summary>
    internal virtual LinkCarrier? Carrier => null;

    /// <summary>How long the calls of a lost executor may wait for the platform to say why it was lost.</summary>
    internal virtual TimeSpan ReasonPatience => TimeSpan.FromSeconds(2);

    /// <summary>
    /// Prepares for the pools that will ask for executors, before any does: checks that it can give what they ask for and
    /// may do what it must, and removes what an earlier run of this parent left behind. In an executor it is called only
    /// if that has pools of its own.
    /// </summary>
    /// <param name="opening">The pools, and where every problem goes. A wrong setting is a problem and no exception.</param>
    /// <param name="ct">Gives up: the pools are ended before it is ready.</param>
    /// <returns>Completes when it is ready. An exception fails the start; in an executor the boot that asked, and the next asks again.</returns>
    public virtual Task OpenAsync(BackendOpening opening, CancellationToken ct) => Task.CompletedTask;

    /// <summary>Checks again, while it is open, what it can check without a boot; what is wrong goes where problems at the opening go.</summary>
    /// <returns>What was checked, in words.</returns>
    internal virtual Task<string> CheckAsync(BackendOpening opening, CancellationToken ct) => Task.FromResult("it is open");

    /// <summary>
    /// Creates one executor. It need not be connected when this returns: the pool waits for its link. On failure
    /// nothing may be left behind.
    /// </summary>
    /// <param name="request">What to start.</param>
    /// <param name="ct">Fires when the boot's budget has run out.</param>
    /// <returns>The handle of what was created.</returns>
    /// <exception cref="BackendException">It could not be created.</exception>
    public abstract Task<BackendExecutor> StartAsync(BootRequest request, CancellationToken ct);

    /// <summary>Ends what <see cref="OpenAsync"/> began. No executor is left then. It may be opened again.</summary>
    /// <returns>Completes when nothing of it is left.</returns>
    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return default;
    }
}

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
