using Flame.Blocks;
using Flame.CompilerServices;

namespace Flame;

/// <summary>Places objects in executors: <c>await using var model = await flame.PlaceAsync("gpu", () => new Captioner(path))</c>. Thread-safe.</summary>
/// <remarks>What is said of blocks at <see cref="FlameCaller"/> holds here. What the block makes stays there, and its handle comes back.</remarks>
public static class FlamePlacing
{
#pragma warning disable RS0026 // The block tells the overloads apart; and generated code takes their place.
    /// <summary>Makes an object in an executor of a pool, which keeps it until its handle is disposed.</summary>
    /// <typeparam name="T">The class, marked <see cref="FlameObjectAttribute"/>.</typeparam>
    /// <param name="flame">Who calls.</param>
    /// <param name="pool">The pool's name.</param>
    /// <param name="block">Makes the object there; written here. Where it takes an <see cref="IServiceProvider"/>, it gets a scope of the executor's container, which lives as long as the object.</param>
    /// <param name="options">How it is kept; <see langword="null"/>: the defaults.</param>
    /// <param name="ct">Ends the wait for it; once it is placed, the token means nothing.</param>
    /// <returns>The handle; dispose it.</returns>
    /// <exception cref="InvalidOperationException">There is no such pool (FLM2002), or the call was compiled without Flame's generator (FLM2013).</exception>
    [FlameBlock]
    public static Task<FlameObject<T>> PlaceAsync<T>(
        this FlameCaller flame, string pool, Func<T> block, FlamePlaceOptions? options = null, CancellationToken ct = default) where T : class =>
        InPlace.PlaceAsync(flame, _ => Task.FromResult(block()), ct);

    /// <inheritdoc cref="PlaceAsync{T}(FlameCaller, string, Func{T}, FlamePlaceOptions, CancellationToken)"/>
    [FlameBlock]
    public static Task<FlameObject<T>> PlaceAsync<T>(
        this FlameCaller flame, string pool, Func<Task<T>> block, FlamePlaceOptions? options = null, CancellationToken ct = default) where T : class =>
        InPlace.PlaceAsync(flame, _ => block(), ct);

    /// <inheritdoc cref="PlaceAsync{T}(FlameCaller, string, Func{T}, FlamePlaceOptions, CancellationToken)"/>
    [FlameBlock]
    public static Task<FlameObject<T>> PlaceAsync<T>(
        this FlameCaller flame, string pool, Func<IServiceProvider, Task<T>> block, FlamePlaceOptions? options = null, CancellationToken ct = default) where T : class =>
        InPlace.PlaceWithServicesAsync<T>(flame);

    /// <inheritdoc cref="PlaceAsync{T}(FlameCaller, string, Func{T}, FlamePlaceOptions, CancellationToken)"/>
    [FlameBlock]
    public static Task<FlameObject<T>> PlaceAsync<T>(
        this FlameCaller flame, string pool, Func<IServiceProvider, T> block, FlamePlaceOptions? options = null, CancellationToken ct = default) where T : class =>
        InPlace.PlaceWithServicesAsync<T>(flame);

    /// <inheritdoc cref="PlaceAsync{T}(FlameCaller, string, Func{T}, FlamePlaceOptions, CancellationToken)"/>
    [FlameBlock]
    public static Task<FlameObject<T>> PlaceAsync<T>(
        this FlameCaller flame, string pool, Func<IServiceProvider, CancellationToken, Task<T>> block, FlamePlaceOptions? options = null, CancellationToken ct = default) where T : class =>
        InPlace.PlaceWithServicesAsync<T>(flame);
#pragma warning restore RS0026
}
