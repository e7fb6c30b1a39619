namespace Flame.Cli.Output;

/// <summary>A table. Columns that begin with &gt; are of numbers, and stand to the right.</summary>
internal sealed class Rows(params string[] columns)
{
    private readonly List<string[]> _rows = [];

    public IReadOnlyList<string> Columns { get; } = [.. columns.Select(static column => column.TrimStart('>'))];

    public IReadOnlyList<string[]> All => _rows;

    public bool IsNumber(int column) => columns[column].StartsWith('>');

    public void Add(params string[] cells) => _rows.Add([.. cells.Select(Words.Clean)]);

    /// <summary>Lines whose columns stand below each other, and nothing else: what a script or a log can take.</summary>
    public IEnumerable<string> Plain()
    {
        int[] widths = [.. Columns.Select((name, at) => _rows.Select(row => row[at].Length).Append(name.Length).Max())];
        return _rows.Prepend([.. Columns]).Select(row => string.Join("  ", row.Select((cell, at) => IsNumber(at) ? cell.PadLeft(widths[at]) : cell.PadRight(widths[at]))).TrimEnd());
    }
}
