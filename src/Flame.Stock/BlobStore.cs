using System.IO.Compression;
using Flame.CodeSync;
using Flame.Wire;

namespace Flame.Stock;

/// <summary>
/// Contents of files under their hashes. What has its name is whole: it is written elsewhere, made sure to be on the disk, and then moved. Several processes
/// may read and write at once.
/// </summary>
internal sealed class BlobStore(string folder, string scratch, TimeProvider time)
{
    public string PathOf(CodeFile file) => Path.Combine(folder, file.Hash[..2], file.Hash);

    /// <summary>Whether it is here, and is what its name says: what is not is removed.</summary>
    public bool Has(CodeFile file)
    {
        var path = PathOf(file);
        try
        {
            using (var content = File.OpenRead(path))
            {
                if (content.Length == file.Size && Hashed.Of(content) == file.Hash)
                {
                    // Whoever makes room goes by it.
                    File.SetLastWriteTimeUtc(path, time.GetUtcNow().UtcDateTime);
                    return true;
                }
            }

            File.Delete(path);
            return false;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
    }

    /// <summary>Takes a content, if it is the one.</summary>
    /// <exception cref="WireException">It is not.</exception>
    public async Task AddAsync(CodeFile file, Stream pieces, bool isPacked, CancellationToken ct)
    {
        var part = Path.Combine(scratch, Path.GetRandomFileName());
        try
        {
            await using (var content = new FileStream(part, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.Asynchronous }))
            {
                await CopyAsync(file, isPacked ? new BrotliStream(pieces, CompressionMode.Decompress, leaveOpen: true) : pieces, content, ct).ConfigureAwait(false);
                content.Flush(flushToDisk: true);
            }

            var path = PathOf(file);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.Move(part, path, overwrite: true);
        }
        finally
        {
            File.Delete(part);
        }
    }

    private static async Task CopyAsync(CodeFile file, Stream from, FileStream to, CancellationToken ct)
    {
        // However little it was on the wire, it grows no further than was said.
        var (hash, length) = await Hashed.CopyAsync(from, to, file.Size, ct).ConfigureAwait(false);
        if (length > file.Size) throw new WireException($"FLM2113: '{file.Path}' is longer than it was said to be");
        if (length != file.Size || hash != file.Hash) throw new WireException($"FLM2113: what came for '{file.Path}' is not what its hash says");
    }
}
