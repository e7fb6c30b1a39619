using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Flame;

// Streaming: files stay where they are and their bytes travel; reports and results arrive while the method runs.
await using var pools = await FlameApplication.StartAsync(flame => flame.AddPool("cpu", pool => pool.Max = 1));

await using FileStream upload = Temporary(), packed = Temporary();
await using (var writer = new StreamWriter(upload, leaveOpen: true))
    for (var n = 0; n < 500_000; n++) await writer.WriteLineAsync($"{n:000000} sensor {n % 97} reads {n * 7919L % 1000}");

upload.Position = 0;
var hash = await Uploads.PackAsync(upload, packed, new Printer());
Console.WriteLine($"{upload.Length:N0} bytes became {packed.Length:N0}");
upload.Position = 0;
Console.WriteLine($"SHA-256 there and here: {(hash == Convert.ToHexString(await SHA256.HashDataAsync(upload)) ? "the same" : "different")}");

// Lines come as they are found; leaving the loop ends the method, with most of the file unread.
packed.Position = 0;
await foreach (var line in Uploads.FindAsync(packed, "sensor 42 reads 9"))
{
    Console.WriteLine(line);
    if (string.CompareOrdinal(line, "001") > 0) break;
}

static FileStream Temporary() => new(Path.GetTempFileName(), FileMode.Open, FileAccess.ReadWrite, FileShare.None, 4096, FileOptions.DeleteOnClose);

/// <summary>Progress as it is reported; the framework's <see cref="Progress{T}"/> would print it in any order, and perhaps too late.</summary>
internal sealed class Printer : IProgress<double>
{
    public void Report(double value) => Console.WriteLine($"{value:0 %} packed");
}

internal static class Uploads
{
    [Flame(Pool = "cpu")]
    public static async Task<string> PackAsync(Stream from, Stream to, IProgress<double> done, CancellationToken ct = default)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using var gzip = new GZipStream(to, CompressionLevel.Fastest);
        var (buffer, total, quarter) = (new byte[64 * 1024], 0L, 1);
        while (await from.ReadAsync(buffer, ct) is > 0 and var count)
        {
            hash.AppendData(buffer, 0, count);
            await gzip.WriteAsync(buffer.AsMemory(0, count), ct);
            for (total += count; total * 4 >= from.Length * quarter; quarter++) done.Report(quarter / 4.0);
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }

    [Flame(Pool = "cpu")]
    public static async IAsyncEnumerable<string> FindAsync(Stream packed, string what, [EnumeratorCancellation] CancellationToken ct = default)
    {
        using var lines = new StreamReader(new GZipStream(packed, CompressionMode.Decompress));
        while (await lines.ReadLineAsync(ct) is { } line)
            if (line.Contains(what, StringComparison.Ordinal)) yield return line;
    }
}
