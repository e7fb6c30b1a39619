using Flame.CompilerServices;

namespace Flame.Batching;

/// <summary>What collects the calls of one batched method.</summary>
internal interface IBatcher
{
    /// <summary>Sends what waits, and from now on everything at once.</summary>
    void Close();
}

/// <summary>The batchers of one pool, made as methods are called. Thread-safe.</summary>
internal sealed class Batchers(FlamePool pool)
{
    private readonly Lock _gate = new();
    private Dictionary<RemoteMethod, IBatcher>? _byMethod;
    private bool _isClosed;

    public Batcher<TArguments, TArgumentsCodec, TItem, TResult, TResultCodec> Of<TArguments, TArgumentsCodec, TItem, TResult, TResultCodec>(
        BatchedMethod<TArguments, TArgumentsCodec, TItem, TResult, TResultCodec> method)
        where TArgumentsCodec : struct, IPayloadCodec<TArguments>
        where TResultCodec : struct, IPayloadCodec<TResult[]>
    {
        lock (_gate)
        {
            _byMethod ??= [];
            if (_byMethod.TryGetValue(method.Method, out var known)) return (Batcher<TArguments, TArgumentsCodec, TItem, TResult, TResultCodec>)known;
            var batcher = new Batcher<TArguments, TArgumentsCodec, TItem, TResult, TResultCodec>(pool, method);
            if (_isClosed) batcher.Close();
            _byMethod[method.Method] = batcher;
            return batcher;
        }
    }

    public void Close()
    {
        IBatcher[] all;
        lock (_gate)
        {
            _isClosed = true;
            all = _byMethod is null ? [] : [.. _byMethod.Values];
        }

        foreach (var batcher in all) batcher.Close();
    }
}
