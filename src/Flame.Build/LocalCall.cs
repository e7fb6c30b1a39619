namespace Flame.Build;

/// <summary>A call of a marked method that the compiler left as it was.</summary>
/// <param name="method">The marked method.</param>
/// <param name="file">The source file, if the symbols know it.</param>
/// <param name="line">The line; 0 when unknown.</param>
/// <param name="column">The column.</param>
internal sealed class LocalCall(string method, string? file, int line, int column)
{
    public string Method { get; } = method;

    public string? File { get; } = file;

    public int Line { get; } = line;

    public int Column { get; } = column;
}
