using System.Buffers;
using System.Security.Cryptography;

namespace Flame.CodeSync;

/// <summary>Contents by their SHA-256, as manifests have it: 64 hexadecimal digits in lower case.</summary>
internal static class Hashed
{
    public static string Of(Stream content) => Convert.ToHexStringLower(SHA256.HashData(content));

    /// <summary>Copies a content, and no byte more than it may have.</summary>
    /// <returns>The hash of what was copied, and how long the content is; where that is more than it may be, so far as it was read.</returns>
    public static async Task<(string Hash, long Length)> CopyAsync(Stream from, Stream to, long most, CancellationToken ct)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(CodePipe.LongestPiece);
        try
        {
            var length = 0L;
            while (await from.ReadAsync(buffer, ct).ConfigureAwait(false) is var count and > 0)
            {
                if ((length += count) > most) break;
                hash.AppendData(buffer.AsSpan(0, count));
                await to.WriteAsync(buffer.AsMemory(0, count), ct).ConfigureAwait(false);
            }

            return (Convert.ToHexStringLower(hash.GetHashAndReset()), length);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
