using System.ComponentModel;
using System.Runtime.CompilerServices;
using Flame.Blocks;

namespace Flame.CompilerServices;

/// <summary>Where generated code hands a block to the runtime. Thread-safe.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class BlockCalls
{
    /// <summary>Whether an intercepted block runs in place: inside an executor and under <see cref="FlameMode.Local"/>, unless its caller always sends.</summary>
    /// <param name="caller">Who calls.</param>
    /// <returns>Whether it does.</returns>
    public static bool RunInPlace(FlameCaller caller) => caller.RunsInPlace;

    /// <summary>Runs a block that has a result.</summary>
    /// <typeparam name="TArguments">The generated tuple of captured values.</typeparam>
    /// <typeparam name="TArgumentsCodec">Its codec.</typeparam>
    /// <typeparam name="TResult">The result.</typeparam>
    /// <typeparam name="TResultCodec">Its codec.</typeparam>
    /// <param name="caller">Who calls.</param>
    /// <param name="pool">The pool's name.</param>
    /// <param name="block">The block's row.</param>
    /// <param name="arguments">The captured values.</param>
    /// <param name="ct">Cancels the call.</param>
    /// <param name="captured">Captured tokens, which cancel it too.</param>
    /// <returns>The result.</returns>
    public static Task<TResult> CallAsync<TArguments, TArgumentsCodec, TResult, TResultCodec>(
        FlameCaller caller, string pool, RemoteMethod block, in TArguments arguments, CancellationToken ct, params ReadOnlySpan<CancellationToken> captured)
        where TArgumentsCodec : struct, IPayloadCodec<TArguments>
        where TResultCodec : struct, IPayloadCodec<TResult>
    {
        var tokens = CallTokens.Of(captured, ct);
        var call = caller.Pools[pool].CallAsync<TArguments, TArgumentsCodec, TResult, TResultCodec>(block, arguments, caller.Options, tokens.Token);
        return tokens.IsLinked ? tokens.EndWithAsync(call) : call.AsTask();
    }

    /// <summary>Runs a block that has no result.</summary>
    /// <inheritdoc cref="CallAsync{TArguments, TArgumentsCodec, TResult, TResultCodec}"/>
    /// <returns>Completes when the block has ended.</returns>
    public static Task CallAsync<TArguments, TArgumentsCodec>(
        FlameCaller caller, string pool, RemoteMethod block, in TArguments arguments, CancellationToken ct, params ReadOnlySpan<CancellationToken> captured)
        where TArgumentsCodec : struct, IPayloadCodec<TArguments>
    {
        var tokens = CallTokens.Of(captured, ct);
        var call = caller.Pools[pool].CallAsync<TArguments, TArgumentsCodec>(block, arguments, caller.Options, tokens.Token);
        return tokens.IsLinked ? tokens.EndWithAsync(call) : call.AsTask();
    }

    /// <summary>Hands a block to an executor and does not wait for its end.</summary>
    /// <inheritdoc cref="CallAsync{TArguments, TArgumentsCodec, TResult, TResultCodec}"/>
    /// <returns>Completes when the block is on its way.</returns>
    public static Task CastAsync<TArguments, TArgumentsCodec>(
        FlameCaller caller, string pool, RemoteMethod block, in TArguments arguments, CancellationToken ct, params ReadOnlySpan<CancellationToken> captured)
        where TArgumentsCodec : struct, IPayloadCodec<TArguments>
    {
        var tokens = CallTokens.Of(captured, ct);
        var cast = caller.Pools[pool].CastAsync<TArguments, TArgumentsCodec>(block, arguments, caller.Options, tokens.Token);
        return tokens.IsLinked ? tokens.EndWithAsync(new ValueTask(cast)) : cast;
    }

    /// <summary>Spawns a call of a block that has a result. Never throws: what fails at once is a failed call.</summary>
    /// <inheritdoc cref="CallAsync{TArguments, TArgumentsCodec, TResult, TResultCodec}"/>
    /// <returns>The call.</returns>
    public static FlameCall<TResult> SpawnAsync<TArguments, TArgumentsCodec, TResult, TResultCodec>(
        FlameCaller caller, string pool, RemoteMethod block, in TArguments arguments, CancellationToken ct, params ReadOnlySpan<CancellationToken> captured)
        where TArgumentsCodec : struct, IPayloadCodec<TArguments>
        where TResultCodec : struct, IPayloadCodec<TResult>
    {
        var call = new FlameCall<TResult>(pool, block.Name, [ct, .. captured]);
        SpawnedCalls.Start<TArguments, TArgumentsCodec, TResult, TResultCodec>(call, caller.Pools, block, arguments, caller.Options);
        return call;
    }

    /// <summary>Spawns a call of a block that has no result. Never throws: what fails at once is a failed call.</summary>
    /// <inheritdoc cref="CallAsync{TArguments, TArgumentsCodec, TResult, TResultCodec}"/>
    /// <returns>The call.</returns>
    public static FlameCall SpawnAsync<TArguments, TArgumentsCodec>(
        FlameCaller caller, string pool, RemoteMethod block, in TArguments arguments, CancellationToken ct, params ReadOnlySpan<CancellationToken> captured)
        where TArgumentsCodec : struct, IPayloadCodec<TArguments>
    {
        var call = new FlameCall(pool, block.Name, [ct, .. captured]);
        SpawnedCalls.Start<TArguments, TArgumentsCodec, NoPayload, NoPayload>(call, caller.Pools, block, arguments, caller.Options);
        return call;
    }

    /// <summary>Runs a block that yields items; each enumeration is one call.</summary>
    /// <typeparam name="TArguments">The generated tuple of captured values.</typeparam>
    /// <typeparam name="TArgumentsCodec">Its codec.</typeparam>
    /// <typeparam name="TItem">The item.</typeparam>
    /// <typeparam name="TItemCodec">Its codec.</typeparam>
    /// <param name="caller">Who calls.</param>
    /// <param name="pool">The pool's name.</param>
    /// <param name="block">The block's row.</param>
    /// <param name="arguments">The captured values.</param>
    /// <param name="ct">Cancels the call.</param>
    /// <param name="captured">Captured tokens, which cancel it too.</param>
    /// <returns>The items, as they are made.</returns>
    public static IAsyncEnumerable<TItem> StreamAsync<TArguments, TArgumentsCodec, TItem, TItemCodec>(
        FlameCaller caller, string pool, RemoteMethod block, in TArguments arguments, CancellationToken ct, params ReadOnlySpan<CancellationToken> captured)
        where TArgumentsCodec : struct, IPayloadCodec<TArguments>
        where TItemCodec : struct, IPayloadCodec<TItem>
    {
        var on = caller.Pools[pool];
        if (captured.IsEmpty) return on.StreamAsync<TArguments, TArgumentsCodec, TItem, TItemCodec>(block, arguments, caller.Options, ct);
        return LinkedAsync(on, block, arguments, caller.Options, ct, captured.ToArray());

        static async IAsyncEnumerable<TItem> LinkedAsync(
            FlamePool pool, RemoteMethod block, TArguments arguments, FlameCallOptions? options, CancellationToken ct, CancellationToken[] captured, [EnumeratorCancellation] CancellationToken enumeration = default)
        {
            // Here and not at the call: each enumeration is one, and unlinks what it has linked.
            using var tokens = CallTokens.Of(captured, ct);
            var items = pool.StreamAsync<TArguments, TArgumentsCodec, TItem, TItemCodec>(block, arguments, options, tokens.Token);
            await foreach (var item in items.WithCancellation(enumeration).ConfigureAwait(false)) yield return item;
        }
    }
}
