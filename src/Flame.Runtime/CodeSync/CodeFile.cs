using Flame.Wire;

namespace Flame.CodeSync;

/// <summary>A file of a program.</summary>
/// <param name="Path">Where it is in the program, see <see cref="CodePath"/>.</param>
/// <param name="Hash">The SHA-256 of its content: 64 hexadecimal digits in lower case.</param>
/// <param name="Size">Its length in bytes.</param>
/// <param name="IsExecutable">Whether it may be run.</param>
internal sealed record CodeFile(string Path, string Hash, long Size, bool IsExecutable)
{
    private const int HashLength = 64;

    public void Write(BodyWriter body) => body.Text(Path).Text(Hash).Int64(Size).Byte(IsExecutable ? (byte)1 : (byte)0);

    /// <exception cref="WireException">This is no file that could be in a program.</exception>
    public static CodeFile Read(ref BodyReader body)
    {
        var file = new CodeFile(body.Text(), body.Text(), body.Int64(), body.Byte() != 0);
        if (CodePath.Doubt(file.Path) is { } doubt) throw new WireException($"FLM2113: a program has a file '{Diagnostics.LogText.Line(file.Path)}' that is refused: {doubt}");
        if (file.Hash.Length != HashLength || !file.Hash.All(char.IsAsciiHexDigitLower)) throw new WireException($"FLM2113: the hash of '{file.Path}' is none");
        if (file.Size < 0) throw new WireException($"FLM2113: '{file.Path}' is said to have {file.Size} bytes");
        return file;
    }
}
