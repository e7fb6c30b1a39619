using Flame.CodeSync;
using Flame.Wire;

namespace Flame.Stock;

/// <summary>The executor's side of getting a program: hears what it is made of, asks for what the cache lacks, and lays it out.</summary>
internal sealed class CodeReceiver(CodePipe pipe, CodeCache cache)
{
    private const int NumbersInOne = 20_000;

    public async Task<ReceivedProgram> ReceiveAsync(CancellationToken ct)
    {
        var manifest = await ManifestAsync(ct).ConfigureAwait(false);
        if (cache.Find(manifest) is { } known)
        {
            await pipe.SendAsync(CodeMessage.Lacks, default(ReadOnlyMemory<byte>), ct).ConfigureAwait(false);
            return new ReceivedProgram(manifest, known, await TokenAsync(ct).ConfigureAwait(false));
        }

        var lacked = Lacked(manifest);
        await AskAsync(lacked, ct).ConfigureAwait(false);
        foreach (var number in lacked) await TakeAsync(manifest.Files[number], ct).ConfigureAwait(false);
        var token = await TokenAsync(ct).ConfigureAwait(false);
        return new ReceivedProgram(manifest, cache.LayOut(manifest), token);
    }

    private async Task<CodeManifest> ManifestAsync(CancellationToken ct)
    {
        var head = CodeManifest.DecodeHead((await pipe.ReceiveAsync(CodeMessage.Manifest, ct).ConfigureAwait(false)).Span, out var count);
        var files = new List<CodeFile>();
        while (files.Count < count) Read(await pipe.ReceiveAsync(CodeMessage.Files, ct).ConfigureAwait(false), files, count);
        return new CodeManifest(head.Entry, head.Arguments, files).Checked();
    }

    private static void Read(ReadOnlyMemory<byte> bytes, List<CodeFile> files, int count)
    {
        var body = new BodyReader(bytes.Span);
        while (body.Rest.Length > 0) files.Add(CodeFile.Read(ref body));
        if (files.Count > count) throw new WireException($"FLM2113: a program of {count} files has {files.Count}");
    }

    // Files of the same content are sent once.
    private List<int> Lacked(CodeManifest manifest)
    {
        var (lacked, seen) = (new List<int>(), new HashSet<string>());
        for (var number = 0; number < manifest.Files.Count; number++)
        {
            if (seen.Add(manifest.Files[number].Hash) && !cache.Blobs.Has(manifest.Files[number])) lacked.Add(number);
        }

        return lacked;
    }

    private async Task AskAsync(List<int> lacked, CancellationToken ct)
    {
        foreach (var some in lacked.Chunk(NumbersInOne))
        {
            var body = new BodyWriter();
            foreach (var number in some) body.Int32(number);
            await pipe.SendAsync(CodeMessage.Lacks, body.Span.ToArray(), ct).ConfigureAwait(false);
        }

        await pipe.SendAsync(CodeMessage.Lacks, default(ReadOnlyMemory<byte>), ct).ConfigureAwait(false);
    }

    private async Task TakeAsync(CodeFile file, CancellationToken ct)
    {
        var (hash, isPacked) = BlobOf(await pipe.ReceiveAsync(CodeMessage.Blob, ct).ConfigureAwait(false));
        if (hash != file.Hash) throw new WireException($"FLM2113: another file came than '{file.Path}'");
        var pieces = new PieceReader(pipe);
        await cache.Blobs.AddAsync(file, pieces, isPacked, ct).ConfigureAwait(false);
        await pieces.FinishAsync(ct).ConfigureAwait(false);
    }

    private static (string Hash, bool IsPacked) BlobOf(ReadOnlyMemory<byte> bytes)
    {
        var body = new BodyReader(bytes.Span);
        return (body.Text(), body.Byte() != 0);
    }

    private async Task<string> TokenAsync(CancellationToken ct)
    {
        var body = await pipe.ReceiveAsync(CodeMessage.Done, ct).ConfigureAwait(false);
        return new BodyReader(body.Span).Text();
    }
}
