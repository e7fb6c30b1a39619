using System.Runtime.InteropServices;
using System.Text;

namespace Flame.Progress;

/// <summary>
/// Lines that change in place at the bottom of a terminal. Above them is a scroll region, as apt has it: what the program and its loggers print goes on there and
/// meets no line of ours, though they know nothing of us. All that a step does is one write, so that theirs come before it or behind it.
/// </summary>
/// <param name="output">The terminal, unbuffered.</param>
/// <param name="size">Asks for its rows and columns.</param>
internal sealed class TerminalLines(Stream output, Func<(int Rows, int Columns)> size) : ProgressLines
{
    // Less is left to the program than to us.
    private const int FewestRows = 8;
    private const int FewestColumns = 20;

    private const char Escape = '\e';
    private const string SaveCursor = "\e7";
    private const string RestoreCursor = "\e8";

    private readonly Lock _gate = new();
    private (int Rows, int Columns) _size;
    private int _held;
    private int _rests;
    private PosixSignalRegistration? _interrupt;

    public override TimeSpan Pace => TimeSpan.FromMilliseconds(200);

    public override int Width => Math.Max(FewestColumns, size().Columns);

    public override void Show(IReadOnlyList<string> lines)
    {
        lock (_gate)
        {
            if (_rests > 0)
            {
                _rests--;
                return;
            }

            var now = size();
            var fits = now is { Rows: >= FewestRows, Columns: >= FewestColumns };
            var wanted = fits ? Math.Min(lines.Count, now.Rows / 3) : 0;
            var text = new StringBuilder();
            if (_held > 0 && (wanted == 0 || now != _size)) Release(text);
            if (wanted > _held) Hold(text, now, wanted);
            if (_held > 0) Draw(text, lines);
            Write(text);
        }
    }

    public override void Say(string line)
    {
        lock (_gate) Write(new StringBuilder(line).Append('\n'));
    }

    public override void Close()
    {
        lock (_gate)
        {
            var text = new StringBuilder();
            if (_held > 0) Release(text);
            Write(text);
        }
    }

    /// <summary>Takes rows off the bottom. What stands there moves up first, and the cursor with it.</summary>
    private void Hold(StringBuilder text, (int Rows, int Columns) now, int rows)
    {
        if (_held == 0) Guard();
        var more = rows - _held;
        // Down without going to the left: the program may have begun a line.
        for (var i = 0; i < more; i++) text.Append(Escape).Append('D');
        text.Append(SaveCursor).Append(Escape).Append($"[1;{now.Rows - rows}r").Append(RestoreCursor).Append(Escape).Append($"[{more}A");
        (_held, _size) = (rows, now);
    }

    /// <summary>Gives them back, empty. To set the region moves the cursor, so it is kept.</summary>
    private void Release(StringBuilder text)
    {
        text.Append(SaveCursor).Append(Escape).Append("[r");
        for (var i = 0; i < _held; i++) text.Append(Escape).Append($"[{_size.Rows - i};1H").Append(Escape).Append("[2K");
        text.Append(RestoreCursor);
        _held = 0;
        _interrupt?.Dispose();
        _interrupt = null;
        AppDomain.CurrentDomain.ProcessExit -= OnEnd;
        AppDomain.CurrentDomain.UnhandledException -= OnEnd;
    }

    private void Draw(StringBuilder text, IReadOnlyList<string> lines)
    {
        text.Append(SaveCursor);
        for (var i = 0; i < _held; i++)
        {
            text.Append(Escape).Append($"[{_size.Rows - _held + i + 1};1H").Append(Escape).Append("[2K");
            if (i < lines.Count) text.Append(ProgressText.Cut(lines[i], _size.Columns));
        }

        text.Append(RestoreCursor);
    }

    // A shell must not find the region. What Ctrl-C does is not changed by it.
    private void Guard()
    {
        _interrupt ??= PosixSignalRegistration.Create(PosixSignal.SIGINT, _ => Interrupted());
        AppDomain.CurrentDomain.ProcessExit += OnEnd;
        AppDomain.CurrentDomain.UnhandledException += OnEnd;
    }

    // The process goes at once, or it takes Ctrl-C as a wish and goes on for a while.
    private void Interrupted()
    {
        lock (_gate)
        {
            _rests = 5;
            Close();
        }
    }

    private void OnEnd(object? sender, EventArgs e)
    {
        lock (_gate)
        {
            _rests = int.MaxValue;
            Close();
        }
    }

    private void Write(StringBuilder text)
    {
        if (text.Length == 0) return;
        try
        {
            output.Write(Encoding.UTF8.GetBytes(text.ToString()));
            output.Flush();
        }
        catch (IOException)
        {
            // The terminal is gone, and with it who looked.
        }
    }
}
