using Polly;

namespace Flame.Links;

/// <summary>A stream that is begun by a pipeline of the caller's: until the first item is there, or there is none.</summary>
internal sealed class RetriedItems<TItem>(ResiliencePipeline pipeline, Func<CancellationToken, IAsyncEnumerable<TItem>> begin, CancellationToken callToken)
    : IAsyncEnumerable<TItem>
{
    public async IAsyncEnumerator<TItem> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        // The stream outlives the attempt that began it, and the pipeline's token does not.
        using var life = CancellationTokenSource.CreateLinkedTokenSource(callToken, cancellationToken);
        var begun = await pipeline.ExecuteAsync(async attempt => await BeginAsync(life.Token, attempt).ConfigureAwait(false), life.Token).ConfigureAwait(false);
        await using var items = begun.Items.ConfigureAwait(false);
        for (var more = begun.HasFirst; more; more = await begun.Items.MoveNextAsync().ConfigureAwait(false)) yield return begun.Items.Current;
    }

    private async Task<(IAsyncEnumerator<TItem> Items, bool HasFirst)> BeginAsync(CancellationToken life, CancellationToken attempt)
    {
        var given = CancellationTokenSource.CreateLinkedTokenSource(life);
        var items = begin(given.Token).GetAsyncEnumerator(CancellationToken.None);
        try
        {
            bool hasFirst;
            await using (attempt.UnsafeRegister(static given => ((CancellationTokenSource)given!).Cancel(), given).ConfigureAwait(false))
                hasFirst = await items.MoveNextAsync().ConfigureAwait(false);

            // Ended together with its attempt, it would fail at the next item.
            given.Token.ThrowIfCancellationRequested();
            return (items, hasFirst);
        }
        catch
        {
            await items.DisposeAsync().ConfigureAwait(false);
            given.Dispose();
            throw;
        }
    }
}
