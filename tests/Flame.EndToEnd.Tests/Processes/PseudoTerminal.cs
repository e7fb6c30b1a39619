using System.Diagnostics;
using System.Text;
using Flame.EndToEnd.Tests.Calls;
using Flame.Tests.Progress;

namespace Flame.EndToEnd.Tests.Processes;

/// <summary>The program Flame.EndToEnd.App on a terminal of its own, which util-linux's script makes.</summary>
internal sealed class PseudoTerminal : IAsyncDisposable
{
    private const string Variable = "FLAME_TEST_TERMINAL";
    private const string Script = "/usr/bin/script";
    private const int Rows = 24;
    private const int Columns = 100;

    private readonly string _mark = Guid.NewGuid().ToString("N");
    private readonly Process _process;
    private readonly Lock _gate = new();
    private readonly StringBuilder _all = new();
    private readonly Task _read;
    private TaskCompletionSource _more = New();

    private PseudoTerminal(string[] arguments, (string Name, string Value)[] environment)
    {
        // The terminal has no size of its own here, for there is none around it.
        var start = new ProcessStartInfo(Script, ["-qec", $"stty rows {Rows} cols {Columns}; exec {AppProcess.Path} {string.Join(' ', arguments)}", "/dev/null"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        foreach (var name in (string[])["CI", "FLAME_PROGRESS"]) start.Environment.Remove(name);
        (start.Environment["TERM"], start.Environment["SHELL"], start.Environment[Variable]) = ("xterm", "/bin/sh", _mark);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        _process = Process.Start(start)!;
        _read = ReadAsync();
    }

    public string Output
    {
        get
        {
            lock (_gate) return _all.ToString();
        }
    }

    public static bool CanBe => File.Exists(Script);

    public static PseudoTerminal Start(string[] arguments, params (string Name, string Value)[] environment) => new(arguments, environment);

    /// <summary>What is to be seen on it.</summary>
    public Screen Look()
    {
        var screen = new Screen(Rows, Columns);
        screen.Write(Output);
        return screen;
    }

    /// <summary>Waits for what is to be seen.</summary>
    public async Task<Screen> UntilAsync(Func<Screen, bool> seen)
    {
        while (true)
        {
            Task more;
            lock (_gate) more = _more.Task;
            var screen = Look();
            if (seen(screen)) return screen;
            if (_read.IsCompleted) throw new InvalidOperationException($"It ended, and this was to be seen:\n{string.Join('\n', screen.Everything)}");
            await Task.WhenAny(more, _read).Patiently();
        }
    }

    /// <summary>Presses Ctrl-C.</summary>
    public async Task InterruptAsync()
    {
        await _process.StandardInput.WriteAsync('\x03');
        await _process.StandardInput.FlushAsync();
    }

    public async Task<Screen> EndAsync()
    {
        await _read.Patiently();
        await _process.WaitForExitAsync().Patiently();
        return Look();
    }

    public async ValueTask DisposeAsync()
    {
        await MarkedProcesses.KillAsync(Variable, _mark);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task ReadAsync()
    {
        var buffer = new char[4096];
        while (await _process.StandardOutput.ReadAsync(buffer) is > 0 and var count)
        {
            lock (_gate)
            {
                _all.Append(buffer, 0, count);
                _more.SetResult();
                _more = New();
            }
        }
    }
}
