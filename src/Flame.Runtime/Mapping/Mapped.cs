namespace Flame.Mapping;

/// <summary>Mappings over blocks, whose calls are tasks.</summary>
internal static class Mapped
{
    public static FlameMap<TIn, TOut> Of<TIn, TOut>(
        IAsyncEnumerable<TIn> items, Func<TIn, CancellationToken, Task<TOut>> call, FlameMapOptions? options, int inFlight, CancellationToken ct, MapPlace? place = null)
    {
        ArgumentNullException.ThrowIfNull(items);
        return new FlameMap<TIn, TOut>(items, (item, token) => new ValueTask<TOut>(call(item, token)), options ?? new FlameMapOptions(), inFlight, ct, place);
    }

    /// <summary>A block that has no result has done something, or has thrown.</summary>
    public static Func<TIn, CancellationToken, Task<bool>> WithoutResult<TIn>(Func<TIn, CancellationToken, Task> call) => async (item, token) =>
    {
        await call(item, token).ConfigureAwait(false);
        return true;
    };
}
