using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Flame.Soak.Parents;

namespace Flame.Soak.Runs;

/// <summary>A parent that the run has started: a process of this program.</summary>
internal sealed class ParentRun : IAsyncDisposable
{
    private const int KeptLines = 20;

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _said = new();
    private readonly ConcurrentQueue<string> _last = new();
    private readonly SemaphoreSlim _more = new(0);
    private readonly Task _reading;

    private ParentRun(Process process, int number, FaultProxy? proxy)
    {
        (_process, Number, Proxy) = (process, number, proxy);
        Itself = new SoakProcess(process.Id, SoakProcesses.StampOf(process.Id) ?? "", number, Pool: null);
        _reading = Task.WhenAll(ReadAsync(process.StandardOutput), ReadAsync(process.StandardError));
    }

    public int Number { get; }

    public FaultProxy? Proxy { get; }

    public SoakProcess Itself { get; }

    /// <summary>Whether it was killed, so that calls of it may lack an outcome.</summary>
    public bool Killed { get; private set; }

    public string Carrier => Proxy is null ? "socket" : "gRPC";

    public static async Task<ParentRun> StartAsync(SoakOptions options, string run, string folder, int number, bool grpc)
    {
        var proxy = grpc ? new FaultProxy(SoakParent.ProxyHost) : null;
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["parent"]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in new (string, string)[]
        {
            (SoakProcesses.Run, run), (Diary.Folder, Path.Combine(folder, "diaries")), ("TMPDIR", Path.Combine(folder, "tmp")),
            (SoakParent.Number, $"{number}"), (SoakParent.Seed, $"{options.Seed + number}"), (SoakParent.Callers, $"{options.Callers}"), (SoakParent.Largest, $"{options.LargestMiB}"),
            (SoakParent.Settle, options.IsShort ? "3" : "90"),
            (SoakParent.Port, proxy is null ? "" : proxy.Port.ToString(CultureInfo.InvariantCulture)),

            // The runtime's own sockets for debuggers stay behind a kill.
            ("DOTNET_EnableDiagnostics", "0"), ("DOTNET_DbgEnableMiniDump", "0"),
        })
            start.Environment[name] = value;
        var parent = new ParentRun(Process.Start(start)!, number, proxy);
        if (await parent.AnswerAsync(line => line == "up" ? line : null, TimeSpan.FromMinutes(3)) is not null) return parent;
        await using (parent) throw new InvalidOperationException($"A parent did not start: {string.Join(" | ", parent._last)}");
    }

    public void Tell(string order)
    {
        try
        {
            _process.StandardInput.WriteLine(order);
            _process.StandardInput.Flush();
        }
        catch (IOException)
        {
            // It has ended, which is found out at the end.
        }
    }

    /// <summary>Has it rest, and measures it.</summary>
    public Task<Vitals?> RestAsync()
    {
        Tell("quiet");
        return AnswerAsync(Vitals.Read, TimeSpan.FromMinutes(6));
    }

    public void Kill()
    {
        Killed = true;
        Itself.Signal("KILL");
    }

    /// <summary>Waits for its end.</summary>
    /// <returns>What was wrong with it.</returns>
    public async Task<string?> EndedAsync(TimeSpan patience)
    {
        using var limit = new CancellationTokenSource(patience);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
            await _reading.WaitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        catch (OperationCanceledException)
        {
            Kill();
            return $"parent {Number} did not end within {patience.TotalSeconds} s";
        }

        return Killed || _process.ExitCode == 0 ? null : $"parent {Number} ended with {_process.ExitCode}: {string.Join(" | ", _last)}";
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) Kill();
        if (Proxy is not null) await Proxy.DisposeAsync();
        _process.Dispose();
        _more.Dispose();
    }

    /// <summary>The first line that is an answer; <see langword="null"/>: none came.</summary>
    private async Task<T?> AnswerAsync<T>(Func<string, T?> read, TimeSpan patience) where T : class
    {
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < patience && !_process.HasExited)
        {
            await _more.WaitAsync(TimeSpan.FromSeconds(1));
            while (_said.TryDequeue(out var line))
            {
                if (read(line) is { } answer) return answer;
            }
        }

        return null;
    }

    private async Task ReadAsync(StreamReader from)
    {
        while (await from.ReadLineAsync() is { } line)
        {
            _said.Enqueue(line);
            _last.Enqueue(line);
            if (_last.Count > KeptLines) _last.TryDequeue(out var _);
            _more.Release();
        }
    }
}
