using System.ComponentModel;
using Flame.Placing;

namespace Flame.CompilerServices;

/// <summary>Makes the arguments of a call that places an object.</summary>
/// <typeparam name="TArguments">The generated tuple of captured values.</typeparam>
/// <param name="requests">What will be asked of the object.</param>
/// <param name="concurrent">See <see cref="FlamePlaceOptions.Concurrent"/>.</param>
/// <param name="lease">See <see cref="FlamePlaceOptions.Lease"/>, in ticks.</param>
/// <returns>The arguments.</returns>
[EditorBrowsable(EditorBrowsableState.Never)]
public delegate TArguments PlacingArguments<out TArguments>(LiveArgument requests, bool concurrent, long lease);

/// <summary>Where generated code places objects and calls them. Thread-safe.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class ObjectCalls
{
    /// <summary>Places an object.</summary>
    /// <typeparam name="TArguments">The generated tuple of captured values.</typeparam>
    /// <typeparam name="TCodec">Its codec.</typeparam>
    /// <typeparam name="T">The class.</typeparam>
    /// <param name="caller">Who calls.</param>
    /// <param name="pool">The pool's name.</param>
    /// <param name="block">The row of the block that makes it.</param>
    /// <param name="arguments">Makes the arguments.</param>
    /// <param name="options">How it is kept.</param>
    /// <param name="ct">Ends the wait for it.</param>
    /// <returns>Its handle.</returns>
    public static async Task<FlameObject<T>> PlaceAsync<TArguments, TCodec, T>(
        FlameCaller caller, string pool, RemoteMethod block, PlacingArguments<TArguments> arguments, FlamePlaceOptions? options, CancellationToken ct)
        where TCodec : struct, IPayloadCodec<TArguments>
        where T : class =>
        await PlaceAsync<TArguments, TCodec, T>(caller.Pools[pool], block, arguments, options ?? new FlamePlaceOptions(), caller.Options, ct).ConfigureAwait(false);

    /// <summary>Calls a method that leaves an object in its executor and returns its handle.</summary>
    /// <typeparam name="TArguments">The generated tuple of arguments.</typeparam>
    /// <typeparam name="TCodec">Its codec.</typeparam>
    /// <typeparam name="T">The class of the object.</typeparam>
    /// <param name="method">The method.</param>
    /// <param name="arguments">Makes the arguments.</param>
    /// <param name="options">What this call wants otherwise.</param>
    /// <param name="ct">Ends the wait for it.</param>
    /// <returns>The handle.</returns>
    public static Task<FlameObject<T>> OpenAsync<TArguments, TCodec, T>(
        RemoteMethod method, PlacingArguments<TArguments> arguments, FlameCallOptions? options, CancellationToken ct)
        where TCodec : struct, IPayloadCodec<TArguments>
        where T : class =>
        PlaceAsync<TArguments, TCodec, T>(FlamePools.Current.PoolOf(method), method, arguments, new FlamePlaceOptions(), options, ct);

    /// <summary>The object behind a handle that a method returns in its executor.</summary>
    /// <typeparam name="T">Its class.</typeparam>
    /// <param name="handle">The handle.</param>
    /// <returns>The object.</returns>
    /// <exception cref="InvalidOperationException">It lives elsewhere.</exception>
    public static T Kept<T>(FlameObject<T> handle) where T : class =>
        handle.Here ?? throw new InvalidOperationException("A method can only return the handle of an object that it has made itself: FlameObject.InPlace(…).");

    private static async Task<FlameObject<T>> PlaceAsync<TArguments, TCodec, T>(
        FlamePool pool, RemoteMethod method, PlacingArguments<TArguments> arguments, FlamePlaceOptions kept, FlameCallOptions? options, CancellationToken ct)
        where TCodec : struct, IPayloadCodec<TArguments>
        where T : class
    {
        var link = new PlacedLink(pool, typeof(T).Name);
        await link.PlaceAsync<TArguments, TCodec>(method, arguments(link.Requests, kept.Concurrent, kept.Lease.Ticks), options, ct).ConfigureAwait(false);
        return new FlameObject<T>(link);
    }

    /// <summary>The object, where it lives here.</summary>
    /// <typeparam name="T">The class.</typeparam>
    /// <param name="placed">The handle.</param>
    /// <returns><see langword="null"/>: it lives in an executor.</returns>
    public static T? Here<T>(FlameObject<T> placed) where T : class => placed.Here;

    /// <summary>Calls a method that has a result.</summary>
    /// <typeparam name="T">The class.</typeparam>
    /// <typeparam name="TArguments">The generated tuple of arguments.</typeparam>
    /// <typeparam name="TArgumentsCodec">Its codec.</typeparam>
    /// <typeparam name="TResult">The result.</typeparam>
    /// <typeparam name="TResultCodec">Its codec.</typeparam>
    /// <param name="placed">The handle.</param>
    /// <param name="method">The method.</param>
    /// <param name="arguments">The arguments.</param>
    /// <param name="ct">Cancels the call.</param>
    /// <returns>The result.</returns>
    public static Task<TResult> CallAsync<T, TArguments, TArgumentsCodec, TResult, TResultCodec>(
        FlameObject<T> placed, RemoteMethod method, TArguments arguments, CancellationToken ct)
        where T : class
        where TArgumentsCodec : struct, IPayloadCodec<TArguments>
        where TResultCodec : struct, IPayloadCodec<TResult> =>
        placed.Link!.CallAsync<TArguments, TArgumentsCodec, TResult, TResultCodec>(method, arguments, ct);

    /// <summary>Calls a method that has no result.</summary>
    /// <typeparam name="T">The class.</typeparam>
    /// <typeparam name="TArguments">The generated tuple of arguments.</typeparam>
    /// <typeparam name="TArgumentsCodec">Its codec.</typeparam>
    /// <param name="placed">The handle.</param>
    /// <param name="method">The method.</param>
    /// <param name="arguments">The arguments.</param>
    /// <param name="ct">Cancels the call.</param>
    /// <returns>Completes when the method has run.</returns>
    public static Task CallAsync<T, TArguments, TArgumentsCodec>(FlameObject<T> placed, RemoteMethod method, TArguments arguments, CancellationToken ct)
        where T : class
        where TArgumentsCodec : struct, IPayloadCodec<TArguments> =>
        placed.Link!.CallAsync<TArguments, TArgumentsCodec, NoPayload, NoPayload>(method, arguments, ct);
}
