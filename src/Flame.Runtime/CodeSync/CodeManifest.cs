using System.Security.Cryptography;
using System.Text;
using Flame.Wire;

namespace Flame.CodeSync;

/// <summary>What a program is made of, for one kind of machine.</summary>
/// <param name="Entry">The path of its assembly that is started.</param>
/// <param name="Arguments">What it is started with.</param>
/// <param name="Files">Its files, in the order of their paths.</param>
internal sealed record CodeManifest(string Entry, IReadOnlyList<string> Arguments, IReadOnlyList<CodeFile> Files)
{
    private const int MostFiles = 100_000;
    private const int MostArguments = 1_000;

    public long Size => Files.Sum(static file => file.Size);

    /// <summary>Its identity: the same files at the same places, whatever they are started with.</summary>
    public string Hash { get; } = HashOf(Entry, Files);

    /// <summary>What begins a manifest: all but its files.</summary>
    public byte[] EncodeHead()
    {
        var body = new BodyWriter().Text(Entry).Int32(Files.Count).Int32(Arguments.Count);
        foreach (var argument in Arguments) body.Text(argument);
        return body.Span.ToArray();
    }

    /// <exception cref="WireException">These are no manifest's bytes.</exception>
    public static CodeManifest DecodeHead(ReadOnlySpan<byte> bytes, out int files)
    {
        var body = new BodyReader(bytes);
        var entry = body.Text();
        (files, var arguments) = (body.Int32(), body.Int32());
        if (files is < 0 or > MostFiles || arguments is < 0 or > MostArguments) throw new WireException($"FLM2113: a program of {files} files and {arguments} arguments was announced");
        var list = new List<string>();
        for (; arguments > 0; arguments--) list.Add(body.Text());
        return new CodeManifest(entry, list, []);
    }

    /// <summary>Makes sure that it can be laid out as a folder.</summary>
    /// <exception cref="WireException">It cannot.</exception>
    public CodeManifest Checked()
    {
        if (CodePath.Clash(Files.Select(static file => file.Path)) is var (one, other))
            throw new WireException($"FLM2113: a program has both '{one}' and '{other}', which are one place on some systems");
        if (Files.All(file => file.Path != Entry)) throw new WireException("FLM2113: a program does not have the assembly that is to be started");
        return this;
    }

    private static string HashOf(string entry, IReadOnlyList<CodeFile> files)
    {
        var text = new StringBuilder(entry).Append('\n');
        foreach (var file in files) text.Append(file.Path).Append('\0').Append(file.Hash).Append(file.IsExecutable ? 'x' : '-').Append('\n');
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }
}
