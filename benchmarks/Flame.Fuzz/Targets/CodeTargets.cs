using Flame.CodeSync;
using Flame.Wire;

namespace Flame.Fuzz.Targets;

/// <summary>What a program is made of, as a stock executor hears it: whatever it takes lies below the folder, and can be laid out.</summary>
internal sealed class ManifestTarget : FuzzTarget
{
    private const string Folder = "/programs/x";

    private static readonly string s_hash = new('a', 64);

    public override string Name => "manifests";

    public override IReadOnlyList<byte[]> Seeds =>
    [
        Encoded("app.dll", new CodeFile("app.dll", s_hash, 10, false), new CodeFile("runtimes/linux-x64/native/a.so", s_hash, 1 << 30, true)),
        Encoded("a/b.dll", new CodeFile("a/b.dll", s_hash, 0, false), new CodeFile("a/c.dll", s_hash, 1, false), new CodeFile("a-b", s_hash, 1, false)),
        Encoded("../app.dll", new CodeFile("../app.dll", s_hash, 1, false)),
    ];

    public override void Run(ReadOnlySpan<byte> input)
    {
        if (input.Length < 1 || input[0] >= input.Length) return;
        try
        {
            var head = CodeManifest.DecodeHead(input.Slice(1, input[0]), out var count);
            var files = new List<CodeFile>();
            for (var body = new BodyReader(input[(1 + input[0])..]); files.Count < count;) files.Add(CodeFile.Read(ref body));
            foreach (var file in new CodeManifest(head.Entry, head.Arguments, files).Checked().Files)
            {
                if (Path.GetFullPath(Path.Combine(Folder, file.Path)) != $"{Folder}/{file.Path}") throw new InvalidOperationException($"'{file.Path}' leads out of the folder");
                if (files.Any(other => other.Path.StartsWith(file.Path + "/", StringComparison.OrdinalIgnoreCase))) throw new InvalidOperationException($"'{file.Path}' is a file and a folder");
            }
        }
        catch (WireException)
        {
        }
    }

    private static byte[] Encoded(string entry, params CodeFile[] files)
    {
        var head = new CodeManifest(entry, ["--a", "b"], files).EncodeHead();
        var body = new BodyWriter();
        foreach (var file in files) file.Write(body);
        return [(byte)head.Length, .. head, .. body.Span];
    }
}

/// <summary>A connection that carries a program and nothing else, either way.</summary>
internal sealed class CodePipeTarget : FuzzTarget
{
    public override string Name => "code";

    public override (long Always, long ForEachByte) Allowance => (512 * 1024, 64);

    public override IReadOnlyList<byte[]> Seeds =>
    [
        [.. Message(CodeMessage.Manifest, [1, 2]), .. Message(CodeMessage.Lacks, []), .. Message(CodeMessage.Done, new BodyWriter().Text("token").Span)],
        Message(CodeMessage.Failed, new BodyWriter().Text("FLM2114: too large").Span),
        [.. Message(CodeMessage.Piece, new byte[1000]), .. FrameTarget.Frame(FrameKind.Ping, 0, 0, [])],
        [0, .. Facts()],
    ];

    public override void Run(ReadOnlySpan<byte> input)
    {
        try
        {
            if (input.Length > 0 && input[0] == 0)
            {
                var body = new BodyReader(input[1..]);
                if (StockFacts.Read(ref body) is { } facts) _ = StockFacts.Fallbacks(facts.Rid);
                return;
            }

            using var stream = new MemoryStream(input.ToArray());
            var pipe = new CodePipe(stream, new FrameReader(stream), TimeProvider.System);
            while (true) pipe.ReceiveAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is WireException or EndOfStreamException)
        {
        }
    }

    private static byte[] Message(CodeMessage message, ReadOnlySpan<byte> body) => FrameTarget.Frame(FrameKind.Code, 0, 0, [(byte)message, .. body]);

    private static byte[] Facts()
    {
        var body = new BodyWriter();
        new StockFacts("linux-x64", ["Microsoft.NETCore.App 10.0.1"]).Write(body);
        return body.Span.ToArray();
    }
}
