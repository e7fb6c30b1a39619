using Flame.CompilerServices;

namespace Flame.Links;

/// <summary>
/// Calls whose attempts are run by a pipeline of the caller's. Apart from the others, so that nobody else loads its library.
/// </summary>
internal static class RetriedCalls
{
    public static ValueTask<TResult> CallAsync<TArguments, TArgumentsCodec, TResult, TResultCodec>(
        FlamePool pool, RemoteMethod method, TArguments arguments, FlameCallOptions options, CancellationToken ct)
        where TArgumentsCodec : struct, IPayloadCodec<TArguments>
        where TResultCodec : struct, IPayloadCodec<TResult> =>
        options.Retry!.ExecuteAsync(
            static (call, ct) => call.pool.CallAsync<TArguments, TArgumentsCodec, TResult, TResultCodec>(call.method, call.arguments, call.once, ct),
            (pool, method, arguments, once: Once<TArguments, TArgumentsCodec>(options, method, arguments)), ct);

    public static ValueTask CallAsync<TArguments, TArgumentsCodec>(
        FlamePool pool, RemoteMethod method, TArguments arguments, FlameCallOptions options, CancellationToken ct)
        where TArgumentsCodec : struct, IPayloadCodec<TArguments> =>
        options.Retry!.ExecuteAsync(
            static (call, ct) => call.pool.CallAsync<TArguments, TArgumentsCodec>(call.method, call.arguments, call.once, ct),
            (pool, method, arguments, once: Once<TArguments, TArgumentsCodec>(options, method, arguments)), ct);

    public static Task<TResult> SpawnAsync<TArguments, TArgumentsCodec, TResult, TResultCodec>(
        FlamePool pool, FlameCall shown, RemoteMethod method, TArguments arguments, FlameCallOptions options, CancellationToken ct)
        where TArgumentsCodec : struct, IPayloadCodec<TArguments>
        where TResultCodec : struct, IPayloadCodec<TResult> =>
        options.Retry!.ExecuteAsync(
            static (call, ct) => new ValueTask<TResult>(
                call.pool.SpawnAsync<TArguments, TArgumentsCodec, TResult, TResultCodec>(call.shown, call.method, call.arguments, call.once, ct)),
            (pool, shown, method, arguments, once: Once<TArguments, TArgumentsCodec>(options, method, arguments)), ct).AsTask();

    public static IAsyncEnumerable<TItem> StreamAsync<TArguments, TArgumentsCodec, TItem, TItemCodec>(
        FlamePool pool, RemoteMethod method, TArguments arguments, FlameCallOptions options, CancellationToken ct)
        where TArgumentsCodec : struct, IPayloadCodec<TArguments>
        where TItemCodec : struct, IPayloadCodec<TItem>
    {
        var once = Once<TArguments, TArgumentsCodec>(options, method, arguments);
        return new RetriedItems<TItem>(options.Retry!, token => pool.StreamAsync<TArguments, TArgumentsCodec, TItem, TItemCodec>(method, arguments, once, token), ct);
    }

    private static FlameCallOptions Once<TArguments, TArgumentsCodec>(FlameCallOptions options, RemoteMethod method, in TArguments arguments)
        where TArgumentsCodec : struct, IPayloadCodec<TArguments>
    {
        if (!(options.Idempotent ?? method.Idempotent)) throw FlameErrors.NotIdempotent(method.Name);

        // What a first attempt has read of a stream is gone.
        return TArgumentsCodec.Lent(arguments) is null ? options with { Retry = null } : throw FlameErrors.RetriedLoan(method.Name);
    }
}
