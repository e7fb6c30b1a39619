using Flame.Links;

namespace Flame.Executor;

/// <summary>
/// Finds the parent at one of its endpoints. Several are dialled with a head start for the earlier ones, so that an address
/// that swallows everything costs no more than that (as RFC 8305 has it for the addresses of one name).
/// </summary>
internal sealed class ParentDialler(FlameParent parent, IReadOnlyList<LinkCarrier> carriers, TimeProvider time)
{
    private static readonly TimeSpan s_headStart = TimeSpan.FromMilliseconds(250);

    // One that swallows everything must not keep those that only refuse for now from being dialled again.
    private static readonly TimeSpan s_tryLimit = TimeSpan.FromSeconds(4);

    private string[] _errors = ["no carrier fits"];

    /// <summary>What went wrong last, at each endpoint.</summary>
    public string LastError => string.Join("; ", _errors);

    /// <summary>Dials each endpoint once.</summary>
    /// <returns>The first connection; <see langword="null"/>: nobody answered.</returns>
    public Task<Stream?> TryAsync(CancellationToken ct) => parent.Endpoints is [var only] ? DialAsync(only, ct) : DialAllAsync(ct);

    // Apart from the rest, which then need not be compiled: on this host there is one endpoint, and this is on the way of
    // every cold call.
    private async Task<Stream?> DialAsync(string endpoint, CancellationToken ct)
    {
        foreach (var carrier in carriers)
        {
            if (!carrier.CanDial(endpoint)) continue;
            try
            {
                return await carrier.DialAsync(endpoint, parent.CertificatePin, ct).ConfigureAwait(false);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException)
            {
                _errors = [e.Message];
                return null;
            }
        }

        return null;
    }

    private async Task<Stream?> DialAllAsync(CancellationToken ct)
    {
        var reachable = parent.Endpoints.Select(endpoint => (endpoint, Carrier: carriers.FirstOrDefault(c => c.CanDial(endpoint)))).Where(e => e.Carrier is not null).ToArray();
        if (reachable.Length == 0) return null;
        using var limit = new CancellationTokenSource(s_tryLimit, time);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        var tries = new List<Task<Stream>>();
        foreach (var (endpoint, carrier) in reachable)
        {
            tries.Add(TryAsync(carrier!, endpoint, enough.Token));
            if (tries.Count < reachable.Length && await FirstAsync(tries, s_headStart, ct).ConfigureAwait(false) is not null) break;
        }

        var first = await FirstAsync(tries, Timeout.InfiniteTimeSpan, ct).ConfigureAwait(false);
        if (tries.Count > 1) await enough.CancelAsync().ConfigureAwait(false);
        foreach (var late in tries.Where(t => t != first)) _ = CloseAsync(late);
        if (first is not null) return await first.ConfigureAwait(false);
        _errors = [.. tries.Zip(reachable, (t, e) => t.Exception?.InnerException?.Message ?? $"{e.endpoint} did not answer in time")];
        return null;
    }

    // Whatever is wrong with one endpoint, the others are tried.
    private async Task<Stream> TryAsync(LinkCarrier carrier, string endpoint, CancellationToken ct) =>
        await carrier.DialAsync(endpoint, parent.CertificatePin, ct).ConfigureAwait(false);

    /// <summary>The first that succeeded within the time; <see langword="null"/>: none did, or all have failed.</summary>
    private async Task<Task<Stream>?> FirstAsync(List<Task<Stream>> tries, TimeSpan within, CancellationToken ct)
    {
        var open = tries.ToList();
        var limit = within == Timeout.InfiniteTimeSpan ? null : Task.Delay(within, time, ct);
        while (open.Count > 0)
        {
            var ended = limit is null ? await Task.WhenAny(open).ConfigureAwait(false) : await Task.WhenAny([.. open, limit]).ConfigureAwait(false);
            if (ended == limit) return null;
            if (ended.IsCompletedSuccessfully) return (Task<Stream>)ended;
            open.Remove((Task<Stream>)ended);
        }

        return null;
    }

    private static async Task CloseAsync(Task<Stream> late)
    {
        await ((Task)late).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (late.IsCompletedSuccessfully) await late.Result.DisposeAsync().ConfigureAwait(false);
    }
}
