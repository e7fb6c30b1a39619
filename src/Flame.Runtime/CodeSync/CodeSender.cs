using System.IO.Compression;
using Flame.Wire;
using Microsoft.Extensions.Logging;

namespace Flame.CodeSync;

/// <summary>The parent's side of sending a program to one stock executor: says what it is made of, and sends what is lacked.</summary>
internal sealed class CodeSender(ProgramCode code, ILogger log, TimeProvider time)
{
    private const double MiB = 1024 * 1024;
    private const int BodyOfFiles = 100 * 1024;

    /// <summary>Sends all that is lacked; it is over when the executor has hung up.</summary>
    /// <param name="pipe">To the executor.</param>
    /// <param name="executor">Its name.</param>
    /// <param name="facts">What it is.</param>
    /// <param name="compresses">Whether the way is long.</param>
    /// <param name="token">What it comes in with once it is the program.</param>
    /// <param name="ready">Called before it is told.</param>
    /// <param name="report">Takes what its boot waits for.</param>
    /// <param name="ct">Gives it up.</param>
    /// <exception cref="CodeException">It cannot be sent; the executor has been told.</exception>
    public async Task SendAsync(CodePipe pipe, string executor, StockFacts facts, bool compresses, string token, Action ready, Action<string?> report, CancellationToken ct)
    {
        try
        {
            var began = time.GetTimestamp();
            var program = await code.For(facts).WaitAsync(ct).ConfigureAwait(false);
            await AnnounceAsync(pipe, program.Manifest, ct).ConfigureAwait(false);
            var lacked = await LackedAsync(pipe, program.Manifest, ct).ConfigureAwait(false);
            var (done, total, sent) = (0L, lacked.Sum(static file => file.Size), 0L);
            foreach (var file in lacked)
            {
                report($"gets the program: {done / MiB:0} of {total / MiB:0} MiB");
                sent += await SendFileAsync(pipe, file, program.Paths[file.Path], compresses, ct).ConfigureAwait(false);
                done += file.Size;
            }

            report("has got the program, and has not come again as it");
            ready();
            await pipe.SendAsync(CodeMessage.Done, token, ct).ConfigureAwait(false);
            CodeLog.Sent(log, executor, lacked.Length, program.Manifest.Files.Count, total / MiB, sent / MiB, time.GetElapsedTime(began).TotalMilliseconds);
            await pipe.WhenHungUpAsync(ct).ConfigureAwait(false);
        }
        catch (Exception e) when (e is CodeException or FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException)
        {
            var words = e is CodeException ? e.Message : $"FLM2113: a file of the program can be read no more: {e.Message}";
            await pipe.SendAsync(CodeMessage.Failed, words, ct).ConfigureAwait(false);
            throw e is CodeException ? e : new CodeException(words, e);
        }
    }

    private static async Task AnnounceAsync(CodePipe pipe, CodeManifest manifest, CancellationToken ct)
    {
        await pipe.SendAsync(CodeMessage.Manifest, manifest.EncodeHead(), ct).ConfigureAwait(false);
        var body = new BodyWriter();
        foreach (var file in manifest.Files)
        {
            file.Write(body);
            if (body.Span.Length < BodyOfFiles) continue;
            await pipe.SendAsync(CodeMessage.Files, body.Span.ToArray(), ct).ConfigureAwait(false);
            body = new BodyWriter();
        }

        if (body.Span.Length > 0) await pipe.SendAsync(CodeMessage.Files, body.Span.ToArray(), ct).ConfigureAwait(false);
    }

    private static async Task<CodeFile[]> LackedAsync(CodePipe pipe, CodeManifest manifest, CancellationToken ct)
    {
        var lacked = new List<CodeFile>();
        while (true)
        {
            var body = await pipe.ReceiveAsync(CodeMessage.Lacks, ct).ConfigureAwait(false);
            if (body.IsEmpty) return [.. lacked];
            Take(body.Span, manifest, lacked);
        }
    }

    private static void Take(ReadOnlySpan<byte> numbers, CodeManifest manifest, List<CodeFile> lacked)
    {
        for (var body = new BodyReader(numbers); body.Rest.Length > 0;)
        {
            var number = body.Int32();
            if ((uint)number >= (uint)manifest.Files.Count || lacked.Count >= manifest.Files.Count) throw new WireException($"it lacks file {number} of {manifest.Files.Count}");
            lacked.Add(manifest.Files[number]);
        }
    }

    private static async Task<long> SendFileAsync(CodePipe pipe, CodeFile file, string path, bool compresses, CancellationToken ct)
    {
        await pipe.SendAsync(CodeMessage.Blob, new BodyWriter().Text(file.Hash).Byte(compresses ? (byte)1 : (byte)0).Span.ToArray(), ct).ConfigureAwait(false);
        var pieces = new PieceWriter(pipe);
        await using (var packed = compresses ? new BrotliStream(pieces, CompressionLevel.Fastest, leaveOpen: true) : (Stream)pieces)
        {
            await using var content = new FileStream(path, new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.Read, Share = FileShare.Read | FileShare.Delete, Options = FileOptions.Asynchronous | FileOptions.SequentialScan });
            var (hash, _) = await Hashed.CopyAsync(content, packed, long.MaxValue, ct).ConfigureAwait(false);

            // A build under way; the executor would refuse it too, but would not know why.
            if (hash != file.Hash)
                throw new CodeException($"FLM2113: {path} has changed since this program looked at it. Was it built meanwhile? Start it again.");
        }

        await pipe.SendAsync(CodeMessage.BlobEnd, default(ReadOnlyMemory<byte>), ct).ConfigureAwait(false);
        return pieces.Sent;
    }
}
