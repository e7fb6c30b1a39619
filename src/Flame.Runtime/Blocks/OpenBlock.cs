using Flame.CompilerServices;

namespace Flame.Blocks;

/// <summary>Runs a block whose result type is known when it runs.</summary>
internal abstract class OpenBlock
{
    public abstract ValueTask RunAsync(Invocation call, RestoredBlock block);
}

internal sealed class OpenBlock<T> : OpenBlock
{
    public override async ValueTask RunAsync(Invocation call, RestoredBlock block)
    {
        var returned = block.Method.ReturnType;
        if (call.Streams) await call.WriteItemsAsync<T, OpenCodec<T>>(Run<IAsyncEnumerable<T>>(call, block)).ConfigureAwait(false);
        else if (returned == typeof(T)) call.WriteResult<T, OpenCodec<T>>(Run<T>(call, block));
        else call.WriteResult<T, OpenCodec<T>>(await Run<Task<T>>(call, block).ConfigureAwait(false));
    }

    private static TReturned Run<TReturned>(Invocation call, RestoredBlock block) =>
        block.Method.GetParameters().Length == 0
            ? block.As<Func<TReturned>>()()
            : block.As<Func<CancellationToken, TReturned>>()(call.CancellationToken);
}
