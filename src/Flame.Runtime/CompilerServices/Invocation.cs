using System.ComponentModel;
using MemoryPack;

namespace Flame.CompilerServices;

/// <summary>One call as a generated invoker sees it. Not thread-safe: one invoker uses it, in order.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class Invocation
{
    internal virtual bool Streams => false;

    /// <summary>Fires when the caller cancels, the deadline passes or the parent is gone.</summary>
    public abstract CancellationToken CancellationToken { get; }

    /// <summary>The container's scope of this call; made at the first use.</summary>
    public abstract IServiceProvider Services { get; }

    /// <summary>The pools as code in an executor sees them: a captured <see cref="FlameCaller"/> becomes this.</summary>
    public virtual FlamePools Flame => FlamePools.OfExecutor;

    /// <summary>The received argument bytes; valid until the first <c>await</c> of the invoker.</summary>
    protected abstract ReadOnlySpan<byte> ArgumentBytes { get; }

    /// <summary>Reads the arguments. Call it once, before the first <c>await</c>.</summary>
    /// <typeparam name="TArguments">The generated tuple of arguments.</typeparam>
    /// <typeparam name="TCodec">Its codec.</typeparam>
    /// <returns>The arguments.</returns>
    /// <exception cref="PayloadException">The bytes are not what the codec expects.</exception>
    public TArguments ReadArguments<TArguments, TCodec>() where TCodec : struct, IPayloadCodec<TArguments> =>
        Payloads.Read<TArguments, TCodec>(ArgumentBytes, "arguments");

    /// <summary>Writes the result. Call it at most once; not at all when there is none.</summary>
    /// <typeparam name="T">The result.</typeparam>
    /// <typeparam name="TCodec">Its codec.</typeparam>
    /// <param name="value">The result.</param>
    public abstract void WriteResult<T, TCodec>(in T value) where TCodec : struct, IPayloadCodec<T>;

    /// <summary>Sends the items as the caller takes them; ends with the last one, or when the caller stops.</summary>
    /// <typeparam name="T">The item.</typeparam>
    /// <typeparam name="TCodec">Its codec.</typeparam>
    /// <param name="items">The items.</param>
    /// <returns>Completes after the last item was handed to the link.</returns>
    public abstract ValueTask WriteItemsAsync<T, TCodec>(IAsyncEnumerable<T> items) where TCodec : struct, IPayloadCodec<T>;

    /// <summary>Resolves a service of this call's scope.</summary>
    /// <typeparam name="T">The service.</typeparam>
    /// <returns>The service.</returns>
    /// <exception cref="InvalidOperationException">It is not registered (FLM2012).</exception>
    public T Service<T>() where T : notnull =>
        (T?)Services.GetService(typeof(T)) ?? throw FlameErrors.ServiceMissing(typeof(T));
}
