using System.ComponentModel;
using Flame.Live;
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

    /// <summary>What stands for the caller's live objects; made at the first use.</summary>
    internal virtual BorrowedArguments Borrowed => throw new NotSupportedException("This invocation has no caller to borrow from.");

    /// <summary>The received argument bytes; valid until the first <c>await</c> of the invoker.</summary>
    protected abstract ReadOnlySpan<byte> ArgumentBytes { get; }

    /// <summary>The arrays that came behind them.</summary>
    internal virtual byte[][]? ArgumentBlobs => null;

    /// <summary>Reads the arguments. Call it once, before the first <c>await</c>.</summary>
    /// <typeparam name="TArguments">The generated tuple of arguments.</typeparam>
    /// <typeparam name="TCodec">Its codec.</typeparam>
    /// <returns>The arguments.</returns>
    /// <exception cref="PayloadException">The bytes are not what the codec expects.</exception>
    public TArguments ReadArguments<TArguments, TCodec>() where TCodec : struct, IPayloadCodec<TArguments> =>
        Payloads.Read<TArguments, TCodec>(ArgumentBytes, ArgumentBlobs, "arguments");

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

    /// <summary>Gives what stands for the caller's progress.</summary>
    /// <typeparam name="T">The report.</typeparam>
    /// <typeparam name="TCodec">Its codec.</typeparam>
    /// <param name="channel">Its place among the live arguments, from 1.</param>
    /// <param name="name">Its name, for messages.</param>
    /// <param name="argument">What came of it.</param>
    /// <returns>The progress; <see langword="null"/> where the caller passed none.</returns>
    public virtual IProgress<T>? Progress<T, TCodec>(int channel, string name, LiveArgument argument) where TCodec : struct, IPayloadCodec<T> =>
        argument.Traits == LiveTraits.None ? null : Borrowed.Progress<T, TCodec>(channel, name);

    /// <summary>Gives what stands for the caller's items.</summary>
    /// <typeparam name="T">The item.</typeparam>
    /// <typeparam name="TCodec">Its codec.</typeparam>
    /// <param name="channel">Its place among the live arguments, from 1.</param>
    /// <param name="name">Its name, for messages.</param>
    /// <param name="argument">What came of it.</param>
    /// <returns>The items; <see langword="null"/> where the caller passed none.</returns>
    public virtual IAsyncEnumerable<T>? Items<T, TCodec>(int channel, string name, LiveArgument argument) where TCodec : struct, IPayloadCodec<T> =>
        argument.Traits == LiveTraits.None ? null : Borrowed.Items<T, TCodec>(channel, name);

    /// <summary>Gives what stands for the caller's stream.</summary>
    /// <param name="channel">Its place among the live arguments, from 1.</param>
    /// <param name="name">Its name, for messages.</param>
    /// <param name="argument">What came of it.</param>
    /// <returns>The stream; <see langword="null"/> where the caller passed none.</returns>
    public virtual Stream? Stream(int channel, string name, LiveArgument argument) =>
        argument.Traits == LiveTraits.None ? null : Borrowed.Stream(channel, name, argument.Traits, argument.Length);

    /// <summary>The placed object that the call is for.</summary>
    /// <typeparam name="T">Its class.</typeparam>
    /// <returns>The object.</returns>
    public T Target<T>() where T : class => (T)Placed!;

    internal virtual object? Placed => null;

    /// <summary>Keeps an object, and answers what is asked of it, until nobody wants it any more; then it is disposed.</summary>
    /// <param name="placed">The object.</param>
    /// <param name="channel">The place of the requests among the live arguments, from 1.</param>
    /// <param name="requests">What came of them.</param>
    /// <param name="concurrent">Whether its methods may run at the same time.</param>
    /// <param name="lease">How long it stays when nothing is asked of it, in ticks; negative: for ever.</param>
    /// <returns>Completes when the object is gone.</returns>
    public virtual ValueTask PlaceAsync(object placed, int channel, LiveArgument requests, bool concurrent, long lease) =>
        throw new NotSupportedException("This invocation keeps no objects.");

    /// <summary>Resolves a service of this call's scope.</summary>
    /// <typeparam name="T">The service.</typeparam>
    /// <returns>The service.</returns>
    /// <exception cref="InvalidOperationException">It is not registered (FLM2012).</exception>
    public T Service<T>() where T : notnull =>
        (T?)Services.GetService(typeof(T)) ?? throw FlameErrors.ServiceMissing(typeof(T));
}
