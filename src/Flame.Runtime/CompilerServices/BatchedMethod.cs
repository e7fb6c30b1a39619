using System.ComponentModel;

namespace Flame.CompilerServices;

/// <summary>What both forms of a method marked <see cref="FlameBatchAttribute"/> need to know of it. Created by generated code. Immutable.</summary>
/// <typeparam name="TArguments">The generated tuple of arguments.</typeparam>
/// <typeparam name="TArgumentsCodec">Its codec.</typeparam>
/// <typeparam name="TItem">One item.</typeparam>
/// <typeparam name="TResult">The result of one item.</typeparam>
/// <typeparam name="TResultCodec">The codec of the results of all.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class BatchedMethod<TArguments, TArgumentsCodec, TItem, TResult, TResultCodec>
    where TArgumentsCodec : struct, IPayloadCodec<TArguments>
    where TResultCodec : struct, IPayloadCodec<TResult[]>
{
    /// <summary>Describes a batched method.</summary>
    /// <param name="method">The method that takes all items of a batch.</param>
    /// <param name="max">See <see cref="FlameBatchAttribute.Max"/>.</param>
    /// <param name="wait">See <see cref="FlameBatchAttribute.Wait"/>.</param>
    /// <param name="arguments">The method's arguments for some items.</param>
    public BatchedMethod(RemoteMethod method, int max, TimeSpan wait, Func<TItem[], TArguments> arguments) =>
        (Method, Max, Wait, Arguments) = (method, max, wait, arguments);

    internal RemoteMethod Method { get; }

    internal int Max { get; }

    internal TimeSpan Wait { get; }

    internal Func<TItem[], TArguments> Arguments { get; }

    /// <summary>The result of a call in place, which had one item.</summary>
    /// <param name="results">What the method returned.</param>
    /// <returns>The result of the item.</returns>
    /// <exception cref="InvalidOperationException">There are fewer or more (FLM2018).</exception>
    public async Task<TResult> OnlyAsync(Task<TResult[]> results)
    {
        var only = await results.ConfigureAwait(false);
        DemandAll(only, 1);
        return only[0];
    }

    internal void DemandAll(TResult[]? results, int items)
    {
        if (results?.Length != items) throw FlameErrors.BatchResults(Method.Name, items, results?.Length);
    }
}
