using System.ComponentModel;
using Flame.Mapping;

namespace Flame.CompilerServices;

/// <summary>Where generated code hands a mapping to the runtime. Thread-safe.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class BlockMaps
{
    /// <summary>Runs a block for each item.</summary>
    /// <typeparam name="TIn">The item.</typeparam>
    /// <typeparam name="TOut">The result.</typeparam>
    /// <param name="caller">Who calls.</param>
    /// <param name="pool">The pool's name.</param>
    /// <param name="items">The items.</param>
    /// <param name="call">Sends the block for one item.</param>
    /// <param name="options">Order, failures, how many are under way.</param>
    /// <param name="ct">Cancels it.</param>
    /// <returns>The results.</returns>
    public static IAsyncEnumerable<FlameResult<TIn, TOut>> MapAsync<TIn, TOut>(
        FlameCaller caller, string pool, IAsyncEnumerable<TIn> items, Func<TIn, CancellationToken, Task<TOut>> call, FlameMapOptions? options, CancellationToken ct) =>
        Of(caller, pool, items, call, options, ct);

    /// <inheritdoc cref="MapAsync{TIn, TOut}(FlameCaller, string, IAsyncEnumerable{TIn}, Func{TIn, CancellationToken, Task{TOut}}, FlameMapOptions, CancellationToken)"/>
    public static IAsyncEnumerable<FlameResult<TIn, TOut>> MapAsync<TIn, TOut>(
        FlameCaller caller, string pool, IEnumerable<TIn> items, Func<TIn, CancellationToken, Task<TOut>> call, FlameMapOptions? options, CancellationToken ct) =>
        Of(caller, pool, items.ToAsyncEnumerable(), call, options, ct, Count(items));

    /// <summary>Runs a block for each item, and keeps no result.</summary>
    /// <inheritdoc cref="MapAsync{TIn, TOut}(FlameCaller, string, IAsyncEnumerable{TIn}, Func{TIn, CancellationToken, Task{TOut}}, FlameMapOptions, CancellationToken)"/>
    /// <returns>How many failed.</returns>
    public static Task<long> ForEachAsync<TIn>(
        FlameCaller caller, string pool, IAsyncEnumerable<TIn> items, Func<TIn, CancellationToken, Task> call, FlameMapOptions? options, CancellationToken ct) =>
        Of(caller, pool, items, Mapped.WithoutResult(call), options, ct).ForEachAsync();

    /// <inheritdoc cref="ForEachAsync{TIn}(FlameCaller, string, IAsyncEnumerable{TIn}, Func{TIn, CancellationToken, Task}, FlameMapOptions, CancellationToken)"/>
    public static Task<long> ForEachAsync<TIn>(
        FlameCaller caller, string pool, IEnumerable<TIn> items, Func<TIn, CancellationToken, Task> call, FlameMapOptions? options, CancellationToken ct) =>
        Of(caller, pool, items.ToAsyncEnumerable(), Mapped.WithoutResult(call), options, ct, Count(items)).ForEachAsync();

    /// <summary>Runs a block for each item, and takes every result into one state.</summary>
    /// <inheritdoc cref="MapAsync{TIn, TOut}(FlameCaller, string, IAsyncEnumerable{TIn}, Func{TIn, CancellationToken, Task{TOut}}, FlameMapOptions, CancellationToken)"/>
    /// <typeparam name="TIn">The item.</typeparam>
    /// <typeparam name="TOut">The result.</typeparam>
    /// <typeparam name="TState">The state.</typeparam>
    /// <param name="caller">Who calls.</param>
    /// <param name="pool">The pool's name.</param>
    /// <param name="items">The items.</param>
    /// <param name="call">Sends the block for one item.</param>
    /// <param name="seed">The first state.</param>
    /// <param name="fold">Makes the next one.</param>
    /// <param name="options">Order, failures, how many are under way.</param>
    /// <param name="ct">Cancels it.</param>
    /// <returns>The last state.</returns>
    public static Task<TState> ForEachAsync<TIn, TOut, TState>(
        FlameCaller caller, string pool, IAsyncEnumerable<TIn> items, Func<TIn, CancellationToken, Task<TOut>> call,
        TState seed, Func<TState, FlameResult<TIn, TOut>, TState> fold, FlameMapOptions? options, CancellationToken ct) =>
        Of(caller, pool, items, call, options, ct).FoldAsync(seed, fold);

    /// <inheritdoc cref="ForEachAsync{TIn, TOut, TState}(FlameCaller, string, IAsyncEnumerable{TIn}, Func{TIn, CancellationToken, Task{TOut}}, TState, Func{TState, FlameResult{TIn, TOut}, TState}, FlameMapOptions, CancellationToken)"/>
    public static Task<TState> ForEachAsync<TIn, TOut, TState>(
        FlameCaller caller, string pool, IEnumerable<TIn> items, Func<TIn, CancellationToken, Task<TOut>> call,
        TState seed, Func<TState, FlameResult<TIn, TOut>, TState> fold, FlameMapOptions? options, CancellationToken ct) =>
        Of(caller, pool, items.ToAsyncEnumerable(), call, options, ct, Count(items)).FoldAsync(seed, fold);

    private static FlameMap<TIn, TOut> Of<TIn, TOut>(
        FlameCaller caller, string pool, IAsyncEnumerable<TIn> items, Func<TIn, CancellationToken, Task<TOut>> call, FlameMapOptions? options, CancellationToken ct, long? total = null)
    {
        options ??= new FlameMapOptions();
        var place = new MapPlace(caller.Pools[pool], options, total);
        return Mapped.Of(items, call, options, place.InFlight, ct, place);
    }

    // Counting may not cost an enumeration.
    private static long? Count<T>(IEnumerable<T> items) => items.TryGetNonEnumeratedCount(out var count) ? count : null;
}
