using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace Flame.CompilerServices;

/// <summary>Where generated proxies enter the runtime. Thread-safe.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class RemoteCalls
{
    /// <summary>Whether an intercepted call runs in place: inside an executor, and under <see cref="FlameMode.Local"/>.</summary>
    public static bool RunLocally
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => FlamePools.RunLocally;
    }

    /// <summary>Calls a method that has a result.</summary>
    /// <typeparam name="TArguments">The generated tuple of arguments.</typeparam>
    /// <typeparam name="TArgumentsCodec">Its codec.</typeparam>
    /// <typeparam name="TResult">The result.</typeparam>
    /// <typeparam name="TResultCodec">Its codec.</typeparam>
    /// <param name="method">The method.</param>
    /// <param name="arguments">The arguments.</param>
    /// <param name="options">What this call wants otherwise.</param>
    /// <param name="ct">Cancels the call.</param>
    /// <returns>The result.</returns>
    public static ValueTask<TResult> CallAsync<TArguments, TArgumentsCodec, TResult, TResultCodec>(
        RemoteMethod method, in TArguments arguments, FlameCallOptions? options, CancellationToken ct)
        where TArgumentsCodec : struct, IPayloadCodec<TArguments>
        where TResultCodec : struct, IPayloadCodec<TResult> =>
        FlamePools.Current.PoolOf(method).CallAsync<TArguments, TArgumentsCodec, TResult, TResultCodec>(method, arguments, options, ct);

    /// <summary>Calls a method that has no result.</summary>
    /// <typeparam name="TArguments">The generated tuple of arguments.</typeparam>
    /// <typeparam name="TArgumentsCodec">Its codec.</typeparam>
    /// <param name="method">The method.</param>
    /// <param name="arguments">The arguments.</param>
    /// <param name="options">What this call wants otherwise.</param>
    /// <param name="ct">Cancels the call.</param>
    /// <returns>Completes when the method has run.</returns>
    public static ValueTask CallAsync<TArguments, TArgumentsCodec>(
        RemoteMethod method, in TArguments arguments, FlameCallOptions? options, CancellationToken ct)
        where TArgumentsCodec : struct, IPayloadCodec<TArguments> =>
        FlamePools.Current.PoolOf(method).CallAsync<TArguments, TArgumentsCodec>(method, arguments, options, ct);

    /// <summary>Hands a call to an executor and does not wait for its end; a failure is logged and counted.</summary>
    /// <typeparam name="TArguments">The generated tuple of arguments.</typeparam>
    /// <typeparam name="TArgumentsCodec">Its codec.</typeparam>
    /// <param name="method">The method.</param>
    /// <param name="arguments">The arguments.</param>
    /// <param name="options">What this call wants otherwise.</param>
    /// <param name="ct">Cancels the wait for an executor; not the call once it is handed over.</param>
    /// <returns>Completes when an executor has been found and the call is on its way.</returns>
    public static Task CastAsync<TArguments, TArgumentsCodec>(
        RemoteMethod method, in TArguments arguments, FlameCallOptions? options, CancellationToken ct)
        where TArgumentsCodec : struct, IPayloadCodec<TArguments> =>
        FlamePools.Current.PoolOf(method).CastAsync<TArguments, TArgumentsCodec>(method, arguments, options, ct);

    /// <summary>Spawns a call of a method that has a result. Never throws: what fails at once is a failed call.</summary>
    /// <typeparam name="TArguments">The generated tuple of arguments.</typeparam>
    /// <typeparam name="TArgumentsCodec">Its codec.</typeparam>
    /// <typeparam name="TResult">The result.</typeparam>
    /// <typeparam name="TResultCodec">Its codec.</typeparam>
    /// <param name="method">The method.</param>
    /// <param name="arguments">The arguments.</param>
    /// <param name="options">What this call wants otherwise.</param>
    /// <param name="ct">Cancels the call.</param>
    /// <returns>The call.</returns>
    public static FlameCall<TResult> Spawn<TArguments, TArgumentsCodec, TResult, TResultCodec>(
        RemoteMethod method, in TArguments arguments, FlameCallOptions? options, CancellationToken ct)
        where TArgumentsCodec : struct, IPayloadCodec<TArguments>
        where TResultCodec : struct, IPayloadCodec<TResult>
    {
        var call = new FlameCall<TResult>(method.Pool!, method.Name, ct);
        SpawnedCalls.Start<TArguments, TArgumentsCodec, TResult, TResultCodec>(call, null, method, arguments, options);
        return call;
    }

    /// <summary>Spawns a call of a method that has no result. Never throws: what fails at once is a failed call.</summary>
    /// <typeparam name="TArguments">The generated tuple of arguments.</typeparam>
    /// <typeparam name="TArgumentsCodec">Its codec.</typeparam>
    /// <param name="method">The method.</param>
    /// <param name="arguments">The arguments.</param>
    /// <param name="options">What this call wants otherwise.</param>
    /// <param name="ct">Cancels the call.</param>
    /// <returns>The call.</returns>
    public static FlameCall Spawn<TArguments, TArgumentsCodec>(
        RemoteMethod method, in TArguments arguments, FlameCallOptions? options, CancellationToken ct)
        where TArgumentsCodec : struct, IPayloadCodec<TArguments>
    {
        var call = new FlameCall(method.Pool!, method.Name, ct);
        SpawnedCalls.Start<TArguments, TArgumentsCodec, NoPayload, NoPayload>(call, null, method, arguments, options);
        return call;
    }

    /// <summary>Calls a batched method for one item: it waits for those of other callers, and is sent with them.</summary>
    /// <typeparam name="TArguments">The generated tuple of arguments.</typeparam>
    /// <typeparam name="TArgumentsCodec">Its codec.</typeparam>
    /// <typeparam name="TItem">The item.</typeparam>
    /// <typeparam name="TResult">The result of one item.</typeparam>
    /// <typeparam name="TResultCodec">The codec of the results of all.</typeparam>
    /// <param name="method">The method.</param>
    /// <param name="item">The item.</param>
    /// <param name="ct">Takes the item back, or only gives up its result when the batch is sent already.</param>
    /// <returns>The result of the item.</returns>
    public static Task<TResult> BatchAsync<TArguments, TArgumentsCodec, TItem, TResult, TResultCodec>(
        BatchedMethod<TArguments, TArgumentsCodec, TItem, TResult, TResultCodec> method, TItem item, CancellationToken ct)
        where TArgumentsCodec : struct, IPayloadCodec<TArguments>
        where TResultCodec : struct, IPayloadCodec<TResult[]> =>
        FlamePools.Current.PoolOf(method.Method).Batchers.Of(method).CallAsync(item, ct);

    /// <summary>Calls a method that yields items; each enumeration is one call.</summary>
    /// <typeparam name="TArguments">The generated tuple of arguments.</typeparam>
    /// <typeparam name="TArgumentsCodec">Its codec.</typeparam>
    /// <typeparam name="TItem">The item.</typeparam>
    /// <typeparam name="TItemCodec">Its codec.</typeparam>
    /// <param name="method">The method.</param>
    /// <param name="arguments">The arguments.</param>
    /// <param name="options">What this call wants otherwise.</param>
    /// <param name="ct">Cancels the call.</param>
    /// <returns>The items, as they are made.</returns>
    public static IAsyncEnumerable<TItem> StreamAsync<TArguments, TArgumentsCodec, TItem, TItemCodec>(
        RemoteMethod method, in TArguments arguments, FlameCallOptions? options, CancellationToken ct)
        where TArgumentsCodec : struct, IPayloadCodec<TArguments>
        where TItemCodec : struct, IPayloadCodec<TItem> =>
        FlamePools.Current.PoolOf(method).StreamAsync<TArguments, TArgumentsCodec, TItem, TItemCodec>(method, arguments, options, ct);
}
