using System.Runtime.CompilerServices;

namespace Flame.EndToEnd.Tests.Calls;

internal static class Streams
{
    [Flame(Pool = "main")]
    public static async IAsyncEnumerable<int> Count(int to)
    {
        await Task.Yield();
        for (var i = 0; i < to; i++) yield return i;
    }

    /// <summary>Notes under the key how many it made, and opens <c>key/ended</c> when it is left.</summary>
    [Flame(Pool = "main")]
    public static async IAsyncEnumerable<int> Endless(string key, [EnumeratorCancellation] CancellationToken ct = default)
    {
        await Task.Yield();
        try
        {
            for (var i = 0; ; i++)
            {
                Work.Note(key, $"{i + 1}");
                yield return i;
            }
        }
        finally
        {
            Work.Note(key + "/token", $"{ct.IsCancellationRequested}");
            Work.Open(key + "/ended");
        }
    }

    /// <summary>Yields nothing and waits for its token.</summary>
    [Flame(Pool = "main")]
    public static async IAsyncEnumerable<int> Silent(string key, [EnumeratorCancellation] CancellationToken ct = default)
    {
        Work.Open(key + "/started");
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, ct);
        }
        finally
        {
            Work.Open(key + "/ended");
        }

        yield return 0;
    }

    [Flame(Pool = "main")]
    public static async IAsyncEnumerable<int> Break(int after)
    {
        await Task.Yield();
        for (var i = 0; i < after; i++) yield return i;
        throw new AppException($"broken after {after}");
    }

    /// <summary>Items of the given sizes, each filled with its index; notes under the key how many it made.</summary>
    [Flame(Pool = "main")]
    public static async IAsyncEnumerable<byte[]> Blobs(string key, params int[] sizes)
    {
        await Task.Yield();
        for (var i = 0; i < sizes.Length; i++)
        {
            var blob = new byte[sizes[i]];
            Array.Fill(blob, (byte)i);
            Work.Note(key, $"{i + 1}");
            yield return blob;
        }
    }
}
