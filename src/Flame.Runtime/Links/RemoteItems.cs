using Flame.CompilerServices;

namespace Flame.Links;

/// <summary>The items of a remote method that yields; each enumeration is a call of its own.</summary>
internal sealed class RemoteItems<TArguments, TArgumentsCodec, TItem, TItemCodec>(
    FlamePool pool, RemoteMethod method, TArguments arguments, FlameCallOptions? options, CancellationToken callToken) : IAsyncEnumerable<TItem>
    where TArgumentsCodec : struct, IPayloadCodec<TArguments>
    where TItemCodec : struct, IPayloadCodec<TItem>
{
    public async IAsyncEnumerator<TItem> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        using var both = callToken.CanBeCanceled && cancellationToken.CanBeCanceled
            ? CancellationTokenSource.CreateLinkedTokenSource(callToken, cancellationToken)
            : null;
        var ct = both?.Token ?? (callToken.CanBeCanceled ? callToken : cancellationToken);
        var call = new StreamCall<TItem, TItemCodec>(callToken, cancellationToken);
        Payloads.WriteInto<TArguments, TArgumentsCodec>(call.Payload, arguments, pool.Options.MaxPayloadSize, method.Name);
        call.Lend(TArgumentsCodec.Lent(arguments), pool);
        call.Begin(pool, method, options, ct);
        await foreach (var item in call.ReadAsync().ConfigureAwait(false)) yield return item;
    }
}
