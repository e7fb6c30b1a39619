using System.Globalization;
using System.Text;

namespace Flame.Tests.Progress;

/// <summary>As much of a terminal as progress needs: what is written to it, and what then is to be seen. After VT100: IND, DECSC, DECRC, DECSTBM, CUP, CUU, EL.</summary>
internal sealed class Screen
{
    private readonly StringBuilder _sequence = new();
    private readonly List<string> _scrolledOff = [];
    private readonly char[][] _cells;
    private (int Row, int Column) _saved;
    private int _top;
    private int _bottom;

    public Screen(int rows, int columns)
    {
        (Rows, Columns, _bottom) = (rows, columns, rows - 1);
        _cells = [.. Enumerable.Range(0, rows).Select(_ => Blank())];
    }

    public int Rows { get; }

    public int Columns { get; }

    public (int Row, int Column) Cursor { get; private set; }

    /// <summary>Whether all rows scroll.</summary>
    public bool IsWhole => (_top, _bottom) == (0, Rows - 1);

    public IReadOnlyList<string> Visible => [.. _cells.Select(row => new string(row).TrimEnd())];

    /// <summary>All that has ever been left on it, in order, without what is blank.</summary>
    public IReadOnlyList<string> Everything => [.. _scrolledOff.Concat(Visible).Where(line => line.Length > 0)];

    public void Write(string text)
    {
        foreach (var c in text) Take(c);
    }

    private void Take(char c)
    {
        if (_sequence.Length > 0 || c == '\e')
        {
            _sequence.Append(c);
            if (IsComplete()) Obey();
            return;
        }

        switch (c)
        {
            case '\r':
                Cursor = (Cursor.Row, 0);
                break;
            case '\n':
                Down();
                Cursor = (Cursor.Row, 0);
                break;
            case >= ' ':
                if (Cursor.Column == Columns)
                {
                    Down();
                    Cursor = (Cursor.Row, 0);
                }

                _cells[Cursor.Row][Cursor.Column] = c;
                Cursor = (Cursor.Row, Cursor.Column + 1);
                break;
        }
    }

    private bool IsComplete() => _sequence.Length > 1 && (_sequence[1] != '[' || (_sequence.Length > 2 && char.IsLetter(_sequence[^1])));

    private void Obey()
    {
        var (kind, last) = (_sequence[1], _sequence[^1]);
        var numbers = kind == '[' ? _sequence.ToString(2, _sequence.Length - 3).TrimStart('?').Split(';').Select(n => n.Length == 0 ? 0 : int.Parse(n, CultureInfo.InvariantCulture)).ToArray() : [];
        _sequence.Clear();
        switch ((kind, last))
        {
            case ('7', _): _saved = Cursor; break;
            case ('8', _): Cursor = _saved; break;
            case ('D', _): Down(); break;
            case ('=' or '>', _): break;
            case ('[', 'r'):
                (_top, _bottom) = numbers.Length == 2 ? (numbers[0] - 1, numbers[1] - 1) : (0, Rows - 1);
                Cursor = (0, 0);
                break;
            case ('[', 'H'): Cursor = numbers.Length == 2 ? (numbers[0] - 1, numbers[1] - 1) : (0, 0); break;
            case ('[', 'A'): Cursor = (Math.Max(_top, Cursor.Row - Math.Max(1, numbers[0])), Cursor.Column); break;
            case ('[', 'K'): _cells[Cursor.Row] = Blank(); break;
            case ('[', 'm' or 'h' or 'l'): break;
            default: throw new InvalidOperationException($"the screen does not know {kind} {last}");
        }
    }

    private void Down()
    {
        if (Cursor.Row != _bottom)
        {
            Cursor = (Math.Min(Cursor.Row + 1, Rows - 1), Cursor.Column);
            return;
        }

        if (_top == 0) _scrolledOff.Add(new string(_cells[0]).TrimEnd());
        for (var row = _top; row < _bottom; row++) _cells[row] = _cells[row + 1];
        _cells[_bottom] = Blank();
    }

    private char[] Blank() => [.. Enumerable.Repeat(' ', Columns)];
}
