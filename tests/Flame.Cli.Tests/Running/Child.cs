using System.Collections.Concurrent;
using System.Diagnostics;
using System.Threading.Channels;

namespace Flame.Cli.Tests.Running;

/// <summary>A process that a test started, and ends.</summary>
internal sealed class Child : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly ConcurrentQueue<string> _all = new();
    private readonly Task _read;
    private bool _disposed;

    public Child(string program, string[] arguments, params (string Name, string? Value)[] environment)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        _process = Process.Start(start)!;
        _read = Task.WhenAll(ReadAsync(_process.StandardOutput), ReadAsync(_process.StandardError));
    }

    public int Id => _process.Id;

    public string Output => string.Join('\n', _all);

    public StreamWriter Input => _process.StandardInput;

    /// <summary>The next line that holds the words.</summary>
    public async Task<string> NextAsync(string words)
    {
        try
        {
            while (true)
            {
                var line = await _lines.Reader.ReadAsync().AsTask().WaitAsync(Patience.Long);
                if (line.Contains(words, StringComparison.Ordinal)) return line;
            }
        }
        catch (Exception e) when (e is TimeoutException or ChannelClosedException)
        {
            throw new InvalidOperationException($"'{words}' was not printed. This was:\n{Output}", e);
        }
    }

    public async Task<int> EndAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Patience.Long);
        await _read.WaitAsync(Patience.Long);
        return _process.ExitCode;
    }

    public async Task KillAsync()
    {
        _process.Kill();
        await EndAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, true)) return;
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await EndAsync();
        _process.Dispose();
    }

    private async Task ReadAsync(StreamReader reader)
    {
        // What is left of a live view is no line, and counts too.
        var (buffer, rest) = (new char[4096], "");
        int read;
        while ((read = await reader.ReadAsync(buffer)) > 0)
        {
            var lines = (rest + new string(buffer, 0, read)).Split('\n');
            foreach (var line in lines[..^1]) Take(line);
            rest = lines[^1];
        }

        Take(rest);
        _lines.Writer.TryComplete();

        void Take(string line)
        {
            _all.Enqueue(line);
            _lines.Writer.TryWrite(line);
        }
    }
}

internal static class Patience
{
    /// <summary>That it comes to an end, on a machine that is as busy as can be.</summary>
    public static readonly TimeSpan Long = TimeSpan.FromSeconds(120);

    /// <summary>Waits for what nobody announces.</summary>
    public static async Task UntilAsync(Func<bool> isSo)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        while (!isSo())
        {
            Assert.True(clock.Elapsed < Long, "it did not come to that");
            await Task.Delay(TimeSpan.FromMilliseconds(20));
        }
    }
}
