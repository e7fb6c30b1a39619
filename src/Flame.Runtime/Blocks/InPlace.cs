using System.Runtime.CompilerServices;

namespace Flame.Blocks;

/// <summary>What becomes of a block that nothing has sent: it runs here where that is meant, and fails where it is not.</summary>
internal static class InPlace
{
    // Asynchronous, so that what the block throws is in the task, as it is when it ran elsewhere.
    public static async Task<TResult> RunAsync<TResult>(Func<CancellationToken, Task<TResult>> block, CancellationToken ct) =>
        await Checked(block)(ct).ConfigureAwait(false);

    public static async Task RunAsync(Func<CancellationToken, Task> block, CancellationToken ct) =>
        await Checked(block)(ct).ConfigureAwait(false);

    public static Task RunAsync(Action<CancellationToken> block, CancellationToken ct)
    {
        return RunAsync(Run, ct);

        Task Run(CancellationToken token)
        {
            block(token);
            return Task.CompletedTask;
        }
    }

    public static async IAsyncEnumerable<TItem> StreamAsync<TItem>(
        Func<CancellationToken, IAsyncEnumerable<TItem>> block, CancellationToken call, [EnumeratorCancellation] CancellationToken ct = default)
    {
        using var both = call.CanBeCanceled && ct.CanBeCanceled ? CancellationTokenSource.CreateLinkedTokenSource(call, ct) : null;
        var token = both?.Token ?? (call.CanBeCanceled ? call : ct);
        await foreach (var item in Checked(block)(token).WithCancellation(token).ConfigureAwait(false)) yield return item;
    }

    private static TBlock Checked<TBlock>(TBlock block) where TBlock : Delegate =>
        FlamePools.RunLocally ? block : throw FlameErrors.BlockNotPrepared();
}
