namespace Flame.Mapping;

/// <summary>
/// Calls over the items of a source, and their results. Nothing happens before it is enumerated, and each enumeration
/// is a run of its own. Immutable.
/// </summary>
/// <param name="source">The items; asked for one only where there is room for it.</param>
/// <param name="call">Makes the call for one item. It gets the token of the run, which fires when nobody wants the rest.</param>
/// <param name="options">Order and failures.</param>
/// <param name="inFlight">Items under way at most.</param>
/// <param name="callerToken">Cancels a run, as the token of its enumeration does.</param>
/// <param name="place">The pool that the calls go to, which then says how many are under way; <see langword="null"/>: they stay here.</param>
internal sealed class FlameMap<TIn, TOut>(
    IAsyncEnumerable<TIn> source, Func<TIn, CancellationToken, ValueTask<TOut>> call, FlameMapOptions options, int inFlight, CancellationToken callerToken, MapPlace? place = null)
    : IAsyncEnumerable<FlameResult<TIn, TOut>>
{
    public FlameMap(
        IEnumerable<TIn> source, Func<TIn, CancellationToken, ValueTask<TOut>> call, FlameMapOptions options, int inFlight, CancellationToken callerToken)
        : this(source.ToAsyncEnumerable(), call, options, inFlight, callerToken)
    {
    }

    public IAsyncEnumerable<TIn> Source => source;

    public Func<TIn, CancellationToken, ValueTask<TOut>> Call => call;

    public FlameMapOptions Options => options;

    public int InFlight => place?.InFlight ?? inFlight;

    public MapPlace? Place => place;

    public async IAsyncEnumerator<FlameResult<TIn, TOut>> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        callerToken.ThrowIfCancellationRequested();
        cancellationToken.ThrowIfCancellationRequested();
        var run = new MapRun<TIn, TOut>(this, callerToken, cancellationToken);
        await using (run.ConfigureAwait(false))
        {
            run.Begin();
            while (await run.NextAsync().ConfigureAwait(false)) yield return run.Current;
        }

        run.ThrowIfFailed();
    }

    /// <summary>Takes every result into one state.</summary>
    public async Task<TState> FoldAsync<TState>(TState seed, Func<TState, FlameResult<TIn, TOut>, TState> fold)
    {
        await foreach (var result in this.ConfigureAwait(false)) seed = fold(seed, result);
        return seed;
    }

    /// <summary>Calls for every item and keeps no result: how many failed, which can only be where failures are collected.</summary>
    public Task<long> ForEachAsync() => FoldAsync(0L, static (failed, result) => result.Succeeded ? failed : failed + 1);
}
