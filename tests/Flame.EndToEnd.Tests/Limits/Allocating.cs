using System.Runtime.CompilerServices;

namespace Flame.EndToEnd.Tests.Limits;

/// <summary>Methods that cost nothing themselves, so that what is counted is the way to them and back.</summary>
internal static class Allocating
{
    /// <summary>What this process has allocated since it began.</summary>
    [Flame(Pool = "main")]
    public static Task<long> SoFarAsync() => Task.FromResult(GC.GetTotalAllocatedBytes(precise: true));

    [Flame(Pool = "main")]
    public static async IAsyncEnumerable<int> CountAsync(int to, [EnumeratorCancellation] CancellationToken ct = default)
    {
        await Task.CompletedTask;
        for (var i = 0; i < to && !ct.IsCancellationRequested; i++) yield return i;
    }

    [Flame(Pool = "main")]
    public static Task ReportAsync(int count, IProgress<int> progress)
    {
        for (var i = 0; i < count; i++) progress.Report(i);
        return Task.CompletedTask;
    }
}
