using Flame.Blocks;
using Flame.CompilerServices;

namespace Flame;

/// <summary>Runs a block for each of many items: <c>flame.MapAsync("ffmpeg", videos, (video, ct) => …)</c>. Thread-safe.</summary>
/// <remarks>
/// Items are pulled one by one as room appears, so a source may be endless and memory stays bounded. What is said of blocks
/// at <see cref="FlameCaller"/> holds here; what a block captures is copied once, when the mapping is made. A marked method
/// is a block too: <c>flame.MapAsync("ffmpeg", videos, Videos.CutAsync)</c>.
/// </remarks>
public static class FlameMapping
{
#pragma warning disable RS0026 // The source and the block tell the overloads apart; and generated code takes their place.
    /// <summary>Runs a block for each item and gives back what became of it.</summary>
    /// <typeparam name="TIn">The item; it must be something that can be sent.</typeparam>
    /// <typeparam name="TOut">What the block returns; it must be something that can be sent.</typeparam>
    /// <param name="flame">Who calls.</param>
    /// <param name="pool">The pool's name.</param>
    /// <param name="items">The items. Asked for one only where there is room for it.</param>
    /// <param name="block">The block, written here. Its token fires when nobody wants its result any more.</param>
    /// <param name="options">Order, failures, how many are under way; <see langword="null"/>: the defaults.</param>
    /// <param name="ct">Cancels it, beside the token of the enumeration.</param>
    /// <returns>The results. Nothing starts before they are enumerated, each enumeration is a run of its own, and leaving it ends what runs.</returns>
    /// <exception cref="InvalidOperationException">There is no such pool (FLM2002), or the call was compiled without Flame's generator (FLM2013).</exception>
    [FlameBlock]
    public static IAsyncEnumerable<FlameResult<TIn, TOut>> MapAsync<TIn, TOut>(
        this FlameCaller flame, string pool, IEnumerable<TIn> items, Func<TIn, CancellationToken, Task<TOut>> block, FlameMapOptions? options = null, CancellationToken ct = default) =>
        InPlace.Map(flame, items.ToAsyncEnumerable(), block, options, ct);

    /// <inheritdoc cref="MapAsync{TIn, TOut}(FlameCaller, string, IEnumerable{TIn}, Func{TIn, CancellationToken, Task{TOut}}, FlameMapOptions, CancellationToken)"/>
    [FlameBlock]
    public static IAsyncEnumerable<FlameResult<TIn, TOut>> MapAsync<TIn, TOut>(
        this FlameCaller flame, string pool, IEnumerable<TIn> items, Func<TIn, Task<TOut>> block, FlameMapOptions? options = null, CancellationToken ct = default) =>
        InPlace.Map(flame, items.ToAsyncEnumerable(), (item, _) => block(item), options, ct);

    /// <inheritdoc cref="MapAsync{TIn, TOut}(FlameCaller, string, IEnumerable{TIn}, Func{TIn, CancellationToken, Task{TOut}}, FlameMapOptions, CancellationToken)"/>
    [FlameBlock]
    public static IAsyncEnumerable<FlameResult<TIn, TOut>> MapAsync<TIn, TOut>(
        this FlameCaller flame, string pool, IEnumerable<TIn> items, Func<TIn, CancellationToken, TOut> block, FlameMapOptions? options = null, CancellationToken ct = default) =>
        InPlace.Map(flame, items.ToAsyncEnumerable(), (item, token) => Task.FromResult(block(item, token)), options, ct);

    /// <inheritdoc cref="MapAsync{TIn, TOut}(FlameCaller, string, IEnumerable{TIn}, Func{TIn, CancellationToken, Task{TOut}}, FlameMapOptions, CancellationToken)"/>
    [FlameBlock]
    public static IAsyncEnumerable<FlameResult<TIn, TOut>> MapAsync<TIn, TOut>(
        this FlameCaller flame, string pool, IEnumerable<TIn> items, Func<TIn, TOut> block, FlameMapOptions? options = null, CancellationToken ct = default) =>
        InPlace.Map(flame, items.ToAsyncEnumerable(), (item, _) => Task.FromResult(block(item)), options, ct);

    /// <inheritdoc cref="MapAsync{TIn, TOut}(FlameCaller, string, IEnumerable{TIn}, Func{TIn, CancellationToken, Task{TOut}}, FlameMapOptions, CancellationToken)"/>
    [FlameBlock]
    public static IAsyncEnumerable<FlameResult<TIn, TOut>> MapAsync<TIn, TOut>(
        this FlameCaller flame, string pool, IAsyncEnumerable<TIn> items, Func<TIn, CancellationToken, Task<TOut>> block, FlameMapOptions? options = null, CancellationToken ct = default) =>
        InPlace.Map(flame, items, block, options, ct);

    /// <inheritdoc cref="MapAsync{TIn, TOut}(FlameCaller, string, IEnumerable{TIn}, Func{TIn, CancellationToken, Task{TOut}}, FlameMapOptions, CancellationToken)"/>
    [FlameBlock]
    public static IAsyncEnumerable<FlameResult<TIn, TOut>> MapAsync<TIn, TOut>(
        this FlameCaller flame, string pool, IAsyncEnumerable<TIn> items, Func<TIn, Task<TOut>> block, FlameMapOptions? options = null, CancellationToken ct = default) =>
        InPlace.Map(flame, items, (item, _) => block(item), options, ct);

    /// <inheritdoc cref="MapAsync{TIn, TOut}(FlameCaller, string, IEnumerable{TIn}, Func{TIn, CancellationToken, Task{TOut}}, FlameMapOptions, CancellationToken)"/>
    [FlameBlock]
    public static IAsyncEnumerable<FlameResult<TIn, TOut>> MapAsync<TIn, TOut>(
        this FlameCaller flame, string pool, IAsyncEnumerable<TIn> items, Func<TIn, CancellationToken, TOut> block, FlameMapOptions? options = null, CancellationToken ct = default) =>
        InPlace.Map(flame, items, (item, token) => Task.FromResult(block(item, token)), options, ct);

    /// <inheritdoc cref="MapAsync{TIn, TOut}(FlameCaller, string, IEnumerable{TIn}, Func{TIn, CancellationToken, Task{TOut}}, FlameMapOptions, CancellationToken)"/>
    [FlameBlock]
    public static IAsyncEnumerable<FlameResult<TIn, TOut>> MapAsync<TIn, TOut>(
        this FlameCaller flame, string pool, IAsyncEnumerable<TIn> items, Func<TIn, TOut> block, FlameMapOptions? options = null, CancellationToken ct = default) =>
        InPlace.Map(flame, items, (item, _) => Task.FromResult(block(item)), options, ct);

    /// <summary>Runs a block for each item, and keeps no result.</summary>
    /// <typeparam name="TIn">The item; it must be something that can be sent.</typeparam>
    /// <param name="flame">Who calls.</param>
    /// <param name="pool">The pool's name.</param>
    /// <param name="items">The items. Asked for one only where there is room for it.</param>
    /// <param name="block">The block, written here.</param>
    /// <param name="options">Failures, how many are under way; <see langword="null"/>: the defaults.</param>
    /// <param name="ct">Cancels what runs and what waits.</param>
    /// <returns>How many failed, which is more than 0 only with <see cref="FlameOnError.Collect"/>; after the last has ended.</returns>
    /// <exception cref="InvalidOperationException">There is no such pool (FLM2002), or the call was compiled without Flame's generator (FLM2013).</exception>
    [FlameBlock]
    public static Task<long> ForEachAsync<TIn>(
        this FlameCaller flame, string pool, IEnumerable<TIn> items, Func<TIn, CancellationToken, Task> block, FlameMapOptions? options = null, CancellationToken ct = default) =>
        InPlace.ForEachAsync(flame, items.ToAsyncEnumerable(), block, options, ct);

    /// <inheritdoc cref="ForEachAsync{TIn}(FlameCaller, string, IEnumerable{TIn}, Func{TIn, CancellationToken, Task}, FlameMapOptions, CancellationToken)"/>
    [FlameBlock]
    public static Task<long> ForEachAsync<TIn>(
        this FlameCaller flame, string pool, IEnumerable<TIn> items, Func<TIn, Task> block, FlameMapOptions? options = null, CancellationToken ct = default) =>
        InPlace.ForEachAsync(flame, items.ToAsyncEnumerable(), (item, _) => block(item), options, ct);

    /// <inheritdoc cref="ForEachAsync{TIn}(FlameCaller, string, IEnumerable{TIn}, Func{TIn, CancellationToken, Task}, FlameMapOptions, CancellationToken)"/>
    [FlameBlock]
    public static Task<long> ForEachAsync<TIn>(
        this FlameCaller flame, string pool, IAsyncEnumerable<TIn> items, Func<TIn, CancellationToken, Task> block, FlameMapOptions? options = null, CancellationToken ct = default) =>
        InPlace.ForEachAsync(flame, items, block, options, ct);

    /// <inheritdoc cref="ForEachAsync{TIn}(FlameCaller, string, IEnumerable{TIn}, Func{TIn, CancellationToken, Task}, FlameMapOptions, CancellationToken)"/>
    [FlameBlock]
    public static Task<long> ForEachAsync<TIn>(
        this FlameCaller flame, string pool, IAsyncEnumerable<TIn> items, Func<TIn, Task> block, FlameMapOptions? options = null, CancellationToken ct = default) =>
        InPlace.ForEachAsync(flame, items, (item, _) => block(item), options, ct);

    /// <summary>Runs a block for each item, and takes every result into one state, here, one after another.</summary>
    /// <inheritdoc cref="MapAsync{TIn, TOut}(FlameCaller, string, IEnumerable{TIn}, Func{TIn, CancellationToken, Task{TOut}}, FlameMapOptions, CancellationToken)"/>
    /// <typeparam name="TIn">The item; it must be something that can be sent.</typeparam>
    /// <typeparam name="TOut">What the block returns; it must be something that can be sent.</typeparam>
    /// <typeparam name="TState">The state.</typeparam>
    /// <param name="flame">Who calls.</param>
    /// <param name="pool">The pool's name.</param>
    /// <param name="items">The items. Asked for one only where there is room for it.</param>
    /// <param name="block">The block, written here.</param>
    /// <param name="seed">The first state.</param>
    /// <param name="fold">Makes the next state of a state and a result; runs in this process.</param>
    /// <param name="options">Order, failures, how many are under way; <see langword="null"/>: the defaults.</param>
    /// <param name="ct">Cancels what runs and what waits.</param>
    /// <returns>The last state.</returns>
    [FlameBlock]
    public static Task<TState> ForEachAsync<TIn, TOut, TState>(
        this FlameCaller flame, string pool, IEnumerable<TIn> items, Func<TIn, CancellationToken, Task<TOut>> block, TState seed, Func<TState, FlameResult<TIn, TOut>, TState> fold,
        FlameMapOptions? options = null, CancellationToken ct = default) =>
        InPlace.FoldAsync(flame, items.ToAsyncEnumerable(), block, seed, fold, options, ct);

    /// <inheritdoc cref="ForEachAsync{TIn, TOut, TState}(FlameCaller, string, IEnumerable{TIn}, Func{TIn, CancellationToken, Task{TOut}}, TState, Func{TState, FlameResult{TIn, TOut}, TState}, FlameMapOptions, CancellationToken)"/>
    [FlameBlock]
    public static Task<TState> ForEachAsync<TIn, TOut, TState>(
        this FlameCaller flame, string pool, IEnumerable<TIn> items, Func<TIn, TOut> block, TState seed, Func<TState, FlameResult<TIn, TOut>, TState> fold,
        FlameMapOptions? options = null, CancellationToken ct = default) =>
        InPlace.FoldAsync(flame, items.ToAsyncEnumerable(), (item, _) => Task.FromResult(block(item)), seed, fold, options, ct);

    /// <inheritdoc cref="ForEachAsync{TIn, TOut, TState}(FlameCaller, string, IEnumerable{TIn}, Func{TIn, CancellationToken, Task{TOut}}, TState, Func{TState, FlameResult{TIn, TOut}, TState}, FlameMapOptions, CancellationToken)"/>
    [FlameBlock]
    public static Task<TState> ForEachAsync<TIn, TOut, TState>(
        this FlameCaller flame, string pool, IAsyncEnumerable<TIn> items, Func<TIn, CancellationToken, Task<TOut>> block, TState seed, Func<TState, FlameResult<TIn, TOut>, TState> fold,
        FlameMapOptions? options = null, CancellationToken ct = default) =>
        InPlace.FoldAsync(flame, items, block, seed, fold, options, ct);

    /// <inheritdoc cref="ForEachAsync{TIn, TOut, TState}(FlameCaller, string, IEnumerable{TIn}, Func{TIn, CancellationToken, Task{TOut}}, TState, Func{TState, FlameResult{TIn, TOut}, TState}, FlameMapOptions, CancellationToken)"/>
    [FlameBlock]
    public static Task<TState> ForEachAsync<TIn, TOut, TState>(
        this FlameCaller flame, string pool, IAsyncEnumerable<TIn> items, Func<TIn, TOut> block, TState seed, Func<TState, FlameResult<TIn, TOut>, TState> fold,
        FlameMapOptions? options = null, CancellationToken ct = default) =>
        InPlace.FoldAsync(flame, items, (item, _) => Task.FromResult(block(item)), seed, fold, options, ct);
#pragma warning restore RS0026
}
