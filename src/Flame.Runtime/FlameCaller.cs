using Flame.Blocks;
using Flame.CompilerServices;

namespace Flame;

/// <summary>
/// Runs blocks of code on pools: <c>await flame.CallAsync("gpu", ct => …)</c>. A block is a lambda, an anonymous method, a
/// local function or a method, written at the call. It runs on an executor as if it were here, with a copy of what it
/// captured. Thread-safe.
/// </summary>
/// <remarks>
/// <para>
/// What a block captures (locals, parameters, members of <c>this</c>) is copied when the call begins and must be something
/// that can be sent; what cannot be is a compile error that names it (FLM0301). What the block changes there stays there:
/// the caller's variables keep their values, and only the result comes back. A captured <see cref="CancellationToken"/>
/// goes on to cancel the block; a captured <see cref="FlameCaller"/> or <c>ILogger&lt;T&gt;</c> is the executor's own.
/// </para>
/// <para>
/// A build with Flame's generator replaces each of these calls by one that can send its block. Inside an executor, and
/// under <see cref="FlameMode.Local"/>, a block runs in place, unless it is called on <see cref="Remote"/>.
/// </para>
/// </remarks>
public abstract class FlameCaller
{
#pragma warning disable RS0026 // The block tells the overloads apart; and generated code takes their place.
    private protected FlameCaller()
    {
    }

    internal abstract FlamePools Pools { get; }

    internal virtual FlameCallOptions? Options => null;

    /// <summary>Whether its blocks are sent from wherever they are called.</summary>
    internal virtual bool AlwaysSends => false;

    internal bool RunsInPlace => !AlwaysSends && FlamePools.RunLocally;

    /// <summary>
    /// The same pools for blocks that shall be sent wherever the call stands, as <c>Type.Remote</c> is for marked methods:
    /// under <see cref="FlameMode.Local"/> too, and from an executor whose program sets
    /// <see cref="FlameBuilder.PoolsInExecutors"/>.
    /// </summary>
    /// <remarks>Write it at the call. A block that captures a caller is given the executor's own, which runs blocks in place again.</remarks>
    public FlameCaller Remote => AlwaysSends ? this : new OptionedCaller(Pools, Options, alwaysSends: true);

    /// <summary>The same pools for calls that want something otherwise: a limit of their own, a retry.</summary>
    /// <param name="options">What the calls want; it takes the place of earlier options as a whole.</param>
    /// <returns>A caller to make them with; keep it for as long as you like.</returns>
    public FlameCaller With(FlameCallOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new OptionedCaller(Pools, options, AlwaysSends);
    }

    /// <summary>Runs a block on a pool and brings its result.</summary>
    /// <typeparam name="TResult">What the block returns; it must be something that can be sent.</typeparam>
    /// <param name="pool">The pool's name.</param>
    /// <param name="block">The block, written here. Its token fires when <paramref name="ct"/> does, when its time is up, or when the parent is gone.</param>
    /// <param name="ct">Cancels the call.</param>
    /// <returns>The result.</returns>
    /// <exception cref="RemoteException">The block threw a type that is not known here; others are thrown as themselves.</exception>
    /// <exception cref="ExecutorLostException">Its executor was lost.</exception>
    /// <exception cref="CallTimeoutException">The pool's QueueTimeout or Timeout ran out.</exception>
    /// <exception cref="QueueFullException">Too many calls wait.</exception>
    /// <exception cref="BootFailedException">No executor could be booted.</exception>
    /// <exception cref="PoolDrainingException">The pool is shutting down.</exception>
    /// <exception cref="PayloadException">The captured values or the result are too large.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="ct"/> fired.</exception>
    /// <exception cref="InvalidOperationException">There is no such pool (FLM2002), or the call was compiled without Flame's generator (FLM2013).</exception>
    [FlameBlock]
    public Task<TResult> CallAsync<TResult>(string pool, Func<CancellationToken, Task<TResult>> block, CancellationToken ct = default) =>
        InPlace.RunAsync(this, block, ct);

    /// <inheritdoc cref="CallAsync{TResult}(string, Func{CancellationToken, Task{TResult}}, CancellationToken)"/>
    [FlameBlock]
    public Task<TResult> CallAsync<TResult>(string pool, Func<Task<TResult>> block, CancellationToken ct = default) =>
        InPlace.RunAsync(this, _ => block(), ct);

    /// <inheritdoc cref="CallAsync{TResult}(string, Func{CancellationToken, Task{TResult}}, CancellationToken)"/>
    [FlameBlock]
    public Task<TResult> CallAsync<TResult>(string pool, Func<CancellationToken, TResult> block, CancellationToken ct = default) =>
        InPlace.RunAsync(this, token => Task.FromResult(block(token)), ct);

    /// <inheritdoc cref="CallAsync{TResult}(string, Func{CancellationToken, Task{TResult}}, CancellationToken)"/>
    [FlameBlock]
    public Task<TResult> CallAsync<TResult>(string pool, Func<TResult> block, CancellationToken ct = default) =>
        InPlace.RunAsync(this, _ => Task.FromResult(block()), ct);

    /// <summary>Runs a block on a pool.</summary>
    /// <inheritdoc cref="CallAsync{TResult}(string, Func{CancellationToken, Task{TResult}}, CancellationToken)"/>
    /// <returns>Completes when the block has ended.</returns>
    [FlameBlock]
    public Task CallAsync(string pool, Func<CancellationToken, Task> block, CancellationToken ct = default) =>
        InPlace.RunAsync(this, block, ct);

    /// <inheritdoc cref="CallAsync(string, Func{CancellationToken, Task}, CancellationToken)"/>
    [FlameBlock]
    public Task CallAsync(string pool, Func<Task> block, CancellationToken ct = default) =>
        InPlace.RunAsync(this, _ => block(), ct);

    /// <inheritdoc cref="CallAsync(string, Func{CancellationToken, Task}, CancellationToken)"/>
    [FlameBlock]
    public Task CallAsync(string pool, Action<CancellationToken> block, CancellationToken ct = default) =>
        InPlace.RunAsync(this, block, ct);

    /// <inheritdoc cref="CallAsync(string, Func{CancellationToken, Task}, CancellationToken)"/>
    [FlameBlock]
    public Task CallAsync(string pool, Action block, CancellationToken ct = default) =>
        InPlace.RunAsync(this, _ => block(), ct);

    /// <summary>Hands a block to an executor and does not wait for its end; a failure is logged and counted.</summary>
    /// <param name="pool">The pool's name.</param>
    /// <param name="block">The block, written here.</param>
    /// <param name="ct">Cancels the wait for an executor; not the block once it is handed over.</param>
    /// <returns>Completes when an executor has been found and the block is on its way. Inside an executor: when the block has ended.</returns>
    /// <exception cref="InvalidOperationException">There is no such pool (FLM2002), or the call was compiled without Flame's generator (FLM2013).</exception>
    [FlameBlock]
    public Task CastAsync(string pool, Func<CancellationToken, Task> block, CancellationToken ct = default) =>
        InPlace.RunAsync(this, block, ct);

    /// <inheritdoc cref="CastAsync(string, Func{CancellationToken, Task}, CancellationToken)"/>
    [FlameBlock]
    public Task CastAsync(string pool, Func<Task> block, CancellationToken ct = default) =>
        InPlace.RunAsync(this, _ => block(), ct);

    /// <inheritdoc cref="CastAsync(string, Func{CancellationToken, Task}, CancellationToken)"/>
    [FlameBlock]
    public Task CastAsync(string pool, Action<CancellationToken> block, CancellationToken ct = default) =>
        InPlace.RunAsync(this, block, ct);

    /// <inheritdoc cref="CastAsync(string, Func{CancellationToken, Task}, CancellationToken)"/>
    [FlameBlock]
    public Task CastAsync(string pool, Action block, CancellationToken ct = default) =>
        InPlace.RunAsync(this, _ => block(), ct);

    /// <summary>Runs a block on a pool and gives a handle at once, which tells how far it is, cancels it, and brings its result.</summary>
    /// <typeparam name="TResult">What the block returns; it must be something that can be sent.</typeparam>
    /// <param name="pool">The pool's name.</param>
    /// <param name="block">The block, written here.</param>
    /// <param name="ct">Cancels the call, as <see cref="FlameCall.Cancel"/> does.</param>
    /// <returns>The call; <see cref="FlamePools.FindCall"/> finds it again. What fails, also at once, is a failed call.</returns>
    /// <exception cref="InvalidOperationException">The call was compiled without Flame's generator (FLM2013).</exception>
    [FlameBlock]
    public FlameCall<TResult> SpawnAsync<TResult>(string pool, Func<CancellationToken, Task<TResult>> block, CancellationToken ct = default) =>
        InPlace.Spawn(this, pool, block, ct);

    /// <inheritdoc cref="SpawnAsync{TResult}(string, Func{CancellationToken, Task{TResult}}, CancellationToken)"/>
    [FlameBlock]
    public FlameCall<TResult> SpawnAsync<TResult>(string pool, Func<Task<TResult>> block, CancellationToken ct = default) =>
        InPlace.Spawn(this, pool, _ => block(), ct);

    /// <inheritdoc cref="SpawnAsync{TResult}(string, Func{CancellationToken, Task{TResult}}, CancellationToken)"/>
    [FlameBlock]
    public FlameCall<TResult> SpawnAsync<TResult>(string pool, Func<CancellationToken, TResult> block, CancellationToken ct = default) =>
        InPlace.Spawn(this, pool, token => Task.FromResult(block(token)), ct);

    /// <inheritdoc cref="SpawnAsync{TResult}(string, Func{CancellationToken, Task{TResult}}, CancellationToken)"/>
    [FlameBlock]
    public FlameCall<TResult> SpawnAsync<TResult>(string pool, Func<TResult> block, CancellationToken ct = default) =>
        InPlace.Spawn(this, pool, _ => Task.FromResult(block()), ct);

    /// <inheritdoc cref="SpawnAsync{TResult}(string, Func{CancellationToken, Task{TResult}}, CancellationToken)"/>
    [FlameBlock]
    public FlameCall SpawnAsync(string pool, Func<CancellationToken, Task> block, CancellationToken ct = default) =>
        InPlace.Spawn(this, pool, block, ct);

    /// <inheritdoc cref="SpawnAsync{TResult}(string, Func{CancellationToken, Task{TResult}}, CancellationToken)"/>
    [FlameBlock]
    public FlameCall SpawnAsync(string pool, Func<Task> block, CancellationToken ct = default) =>
        InPlace.Spawn(this, pool, _ => block(), ct);

    /// <summary>Runs a block on a pool and brings the items that it yields, as they are made; each enumeration is a call of its own.</summary>
    /// <typeparam name="TItem">The item; it must be something that can be sent.</typeparam>
    /// <param name="pool">The pool's name.</param>
    /// <param name="block">The block, written here; a lambda cannot yield, so it mostly calls a local function that does.</param>
    /// <param name="ct">Cancels the call, beside the token of the enumeration.</param>
    /// <returns>The items. Leaving the enumeration ends the block.</returns>
    /// <exception cref="InvalidOperationException">There is no such pool (FLM2002), or the call was compiled without Flame's generator (FLM2013).</exception>
    [FlameBlock]
    public IAsyncEnumerable<TItem> StreamAsync<TItem>(
        string pool, Func<CancellationToken, IAsyncEnumerable<TItem>> block, CancellationToken ct = default) =>
        InPlace.StreamAsync(this, block, ct);

    /// <inheritdoc cref="StreamAsync{TItem}(string, Func{CancellationToken, IAsyncEnumerable{TItem}}, CancellationToken)"/>
    [FlameBlock]
    public IAsyncEnumerable<TItem> StreamAsync<TItem>(string pool, Func<IAsyncEnumerable<TItem>> block, CancellationToken ct = default) =>
        InPlace.StreamAsync(this, _ => block(), ct);
#pragma warning restore RS0026
}
