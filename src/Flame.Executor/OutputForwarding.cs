using System.Text;
using Flame.Wire;

namespace Flame.Executor;

/// <summary>Sends what the executor's code prints to the parent, line by line, over the link.</summary>
internal static class OutputForwarding
{
    private static (TextWriter Out, TextWriter Error)? s_before;

    public static void Start(LinkLog log)
    {
        s_before = (Console.Out, Console.Error);
        Console.SetOut(TextWriter.Synchronized(new LineWriter(line => log.Add(LogBody.Printed(line, isError: false)))));
        Console.SetError(TextWriter.Synchronized(new LineWriter(line => log.Add(LogBody.Printed(line, isError: true)))));
    }

    public static void Stop()
    {
        if (s_before is not { } before) return;
        Console.Out.Flush();
        Console.Error.Flush();
        Console.SetOut(before.Out);
        Console.SetError(before.Error);
    }

    private sealed class LineWriter(Action<string> send) : TextWriter
    {
        // A text of this length and one more passes the wire uncut.
        private const int Longest = (16 * 1024) - 1;

        private readonly StringBuilder _line = new();

        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value)
        {
            if (value == '\n') Flush();
            else if (value != '\r') _line.Append(value);
            if (_line.Length >= Longest && !char.IsHighSurrogate(value)) Flush();
        }

        public override void Flush()
        {
            if (_line.Length == 0) return;
            send(_line.ToString());
            _line.Clear();
        }
    }
}
