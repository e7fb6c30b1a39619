using System.Runtime.CompilerServices;
using Flame.Mapping;

namespace Flame.Blocks;

/// <summary>What becomes of a block that nothing has sent: it runs here where that is meant, and fails where it is not.</summary>
internal static class InPlace
{
    // Asynchronous, so that what the block throws is in the task, as it is when it ran elsewhere.
    public static async Task<TResult> RunAsync<TResult>(FlameCaller flame, Func<CancellationToken, Task<TResult>> block, CancellationToken ct) =>
        await Checked(flame, block)(ct).ConfigureAwait(false);

    public static async Task RunAsync(FlameCaller flame, Func<CancellationToken, Task> block, CancellationToken ct) =>
        await Checked(flame, block)(ct).ConfigureAwait(false);

    public static Task RunAsync(FlameCaller flame, Action<CancellationToken> block, CancellationToken ct)
    {
        return RunAsync(flame, Run, ct);

        Task Run(CancellationToken token)
        {
            block(token);
            return Task.CompletedTask;
        }
    }

    public static FlameCall<TResult> Spawn<TResult>(FlameCaller flame, string pool, Func<CancellationToken, Task<TResult>> block, CancellationToken ct)
    {
        Checked(flame, block);
        var call = new FlameCall<TResult>(pool, "a block in place", ct);
        call.FollowHere(RunAsync(flame, block, call.Token));
        return call;
    }

    public static FlameCall Spawn(FlameCaller flame, string pool, Func<CancellationToken, Task> block, CancellationToken ct)
    {
        Checked(flame, block);
        var call = new FlameCall(pool, "a block in place", ct);
        call.FollowHere(RunAsync(flame, block, call.Token));
        return call;
    }

    public static async IAsyncEnumerable<TItem> StreamAsync<TItem>(
        FlameCaller flame, Func<CancellationToken, IAsyncEnumerable<TItem>> block, CancellationToken call, [EnumeratorCancellation] CancellationToken ct = default)
    {
        using var both = call.CanBeCanceled && ct.CanBeCanceled ? CancellationTokenSource.CreateLinkedTokenSource(call, ct) : null;
        var token = both?.Token ?? (call.CanBeCanceled ? call : ct);
        await foreach (var item in Checked(flame, block)(token).WithCancellation(token).ConfigureAwait(false)) yield return item;
    }

    public static IAsyncEnumerable<FlameResult<TIn, TOut>> Map<TIn, TOut>(
        FlameCaller flame, IAsyncEnumerable<TIn> items, Func<TIn, CancellationToken, Task<TOut>> block, FlameMapOptions? options, CancellationToken ct) =>
        MapOf(items, Checked(flame, block), options, ct);

    public static Task<long> ForEachAsync<TIn>(FlameCaller flame, IAsyncEnumerable<TIn> items, Func<TIn, CancellationToken, Task> block, FlameMapOptions? options, CancellationToken ct) =>
        MapOf(items, Mapped.WithoutResult(Checked(flame, block)), options, ct).ForEachAsync();

    public static Task<TState> FoldAsync<TIn, TOut, TState>(
        FlameCaller flame, IAsyncEnumerable<TIn> items, Func<TIn, CancellationToken, Task<TOut>> block, TState seed, Func<TState, FlameResult<TIn, TOut>, TState> fold, FlameMapOptions? options, CancellationToken ct) =>
        MapOf(items, Checked(flame, block), options, ct).FoldAsync(seed, fold);

    public static async Task<FlameObject<T>> PlaceAsync<T>(FlameCaller flame, Func<CancellationToken, Task<T>> block, CancellationToken ct) where T : class =>
        FlameObject.InPlace(await RunAsync(flame, block, ct).ConfigureAwait(false));

    // In place there is no container but the caller's own, which only the caller has.
    public static Task<FlameObject<T>> PlaceWithServicesAsync<T>(FlameCaller flame) where T : class =>
        throw (flame.RunsInPlace ? new NotSupportedException("A block that takes services cannot place an object in place: make it here, with your own services, and use FlameObject.InPlace.") : FlameErrors.BlockNotPrepared());

    private static FlameMap<TIn, TOut> MapOf<TIn, TOut>(IAsyncEnumerable<TIn> items, Func<TIn, CancellationToken, Task<TOut>> block, FlameMapOptions? options, CancellationToken ct) =>
        Mapped.Of(items, block, options, options?.MaxInFlight ?? Environment.ProcessorCount, ct);

    private static TBlock Checked<TBlock>(FlameCaller flame, TBlock block) where TBlock : Delegate =>
        flame.RunsInPlace ? block : throw FlameErrors.BlockNotPrepared();
}
