namespace Flame.Blocks;

/// <summary>The one token of a call that has several: its own, and those that its block has captured.</summary>
internal readonly struct CallTokens : IDisposable
{
    private readonly CancellationToken[]? _all;
    private readonly CancellationTokenSource? _linked;

    private CallTokens(CancellationToken token, CancellationToken[]? all = null, CancellationTokenSource? linked = null) =>
        (Token, _all, _linked) = (token, all, linked);

    public CancellationToken Token { get; }

    public bool IsLinked => _linked is not null;

    public static CallTokens Of(ReadOnlySpan<CancellationToken> captured, CancellationToken ct)
    {
        foreach (var token in captured)
        {
            if (!token.CanBeCanceled || token == ct) continue;
            if (!ct.CanBeCanceled)
            {
                ct = token;
                continue;
            }

            CancellationToken[] all = [ct, .. captured];
            var linked = CancellationTokenSource.CreateLinkedTokenSource(all);
            return new CallTokens(linked.Token, all, linked);
        }

        return new CallTokens(ct);
    }

    public async Task<TResult> EndWithAsync<TResult>(ValueTask<TResult> call)
    {
        try
        {
            return await call.ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (Fired(e) is { } token)
        {
            throw new OperationCanceledException(e.Message, e, token);
        }
        finally
        {
            Dispose();
        }
    }

    public async Task EndWithAsync(ValueTask call)
    {
        try
        {
            await call.ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (Fired(e) is { } token)
        {
            throw new OperationCanceledException(e.Message, e, token);
        }
        finally
        {
            Dispose();
        }
    }

    public void Dispose() => _linked?.Dispose();

    // The caller knows its own tokens, and not the one that links them.
    private CancellationToken? Fired(OperationCanceledException e) =>
        e.CancellationToken == Token && Array.FindIndex(_all!, static t => t.IsCancellationRequested) is var fired and >= 0 ? _all![fired] : null;
}
