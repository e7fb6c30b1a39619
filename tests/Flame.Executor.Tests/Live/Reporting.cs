using System.Runtime.CompilerServices;
using Flame.Executor.Tests.InProcess;

namespace Flame.Executor.Tests.Live;

/// <summary>Methods that say how far they are.</summary>
internal static class Reporting
{
    public static IProgress<int>? Kept { get; private set; }

    [Flame(Pool = "test")]
    public static async Task<int> CountAsync(int to, IProgress<int> progress)
    {
        await Task.Yield();
        for (var i = 0; i < to; i++) progress.Report(i);
        Kept = progress;
        return to;
    }

    /// <summary>Reports, and then stays at its gate.</summary>
    [Flame(Pool = "test")]
    public static async Task<int> CountAndWaitAsync(int to, string gate, [FromServices] Gates gates, IProgress<int> progress, CancellationToken ct)
    {
        for (var i = 0; i < to; i++) progress.Report(i);
        await gates[gate].PassAsync(ct);
        return to;
    }

    [Flame(Pool = "test", Idempotent = true)]
    public static async Task CountAgainAsync(int to, string gate, [FromServices] Gates gates, IProgress<int> progress, CancellationToken ct)
    {
        for (var i = 0; i < to; i++) progress.Report(i);
        await gates[gate].PassAsync(ct);
    }

    [Flame(Pool = "test")]
    public static async Task BreakAsync(int after, IProgress<int> progress)
    {
        await Task.Yield();
        for (var i = 0; i < after; i++) progress.Report(i);
        throw new InvalidDataException("broken");
    }

    [Flame(Pool = "test")]
    public static Task<bool> MaybeAsync(IProgress<string?>? progress)
    {
        progress?.Report(null);
        return Task.FromResult(progress is not null);
    }

    /// <summary>Reports arrays of that size, and says nothing of those that it could not report.</summary>
    [Flame(Pool = "test")]
    public static Task BlobsAsync(int count, int size, IProgress<byte[]> progress)
    {
        for (var i = 0; i < count; i++)
        {
            var blob = new byte[size];
            Array.Fill(blob, (byte)i);
            try
            {
                progress.Report(blob);
            }
            catch (PayloadException)
            {
                return Task.CompletedTask;
            }
        }

        return Task.CompletedTask;
    }

    /// <summary>Reports until no more may wait, and then stays at its gate.</summary>
    [Flame(Pool = "test")]
    public static async Task FillAsync(int size, string gate, [FromServices] Gates gates, IProgress<byte[]> progress, CancellationToken ct)
    {
        try
        {
            while (true) progress.Report(new byte[size]);
        }
        catch (PayloadException)
        {
            await gates[gate].PassAsync(ct);
        }
    }

    [Flame(Pool = "test")]
    public static Task TwoAsync(IProgress<int> first, int count, IProgress<string> second)
    {
        for (var i = 0; i < count; i++)
        {
            first.Report(i);
            second.Report($"{i}");
        }

        return Task.CompletedTask;
    }

    [Flame(Pool = "test")]
    public static async IAsyncEnumerable<int> ItemsAsync(int count, IProgress<int> progress, [EnumeratorCancellation] CancellationToken ct = default)
    {
        for (var i = 0; i < count; i++)
        {
            ct.ThrowIfCancellationRequested();
            await Task.Yield();
            progress.Report(i);
            yield return i;
        }
    }
}
