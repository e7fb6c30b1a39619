namespace Flame.CompilerServices;

/// <summary>The arrays that came behind the payload that is read on this thread, in their order.</summary>
internal static class ArrivedBlobs
{
    [ThreadStatic] private static byte[][]? t_blobs;
    [ThreadStatic] private static int t_next;

    /// <summary>From now on these are taken.</summary>
    /// <returns>What was there before, to be given back at the end.</returns>
    public static (byte[][]? Blobs, int Next) Begin(byte[][] blobs)
    {
        var outer = (t_blobs, t_next);
        (t_blobs, t_next) = (blobs, 0);
        return outer;
    }

    public static void End((byte[][]? Blobs, int Next) outer) => (t_blobs, t_next) = outer;

    /// <summary>The next one; <see langword="null"/>: there is none.</summary>
    public static byte[]? Take() => t_blobs is { } blobs && t_next < blobs.Length ? blobs[t_next++] : null;
}
