using System.Diagnostics;
using System.Globalization;

namespace Flame.Backends;

/// <summary>One executor as a process of this host.</summary>
internal sealed class LocalExecutor : BackendExecutor
{
    private readonly Process _process;
    private readonly ExecutorOutput _output;
    private readonly long _kernelKillsAtBoot;
    private readonly int _pid;
    private volatile bool _stopped;

    public LocalExecutor(Process process, ExecutorOutput output, long kernelKillsAtBoot)
    {
        _process = process;
        _output = output;
        _kernelKillsAtBoot = kernelKillsAtBoot;
        _pid = process.Id;
        Description = string.Create(CultureInfo.InvariantCulture, $"process {_pid}");
        Exited = WatchAsync();
    }

    public override string Description { get; }

    public override Task<BackendExit> Exited { get; }

    internal override Task<int> RunAsync(IReadOnlyList<string> words, Func<bool, ReadOnlyMemory<byte>, Task> print, CancellationToken ct) =>
        new BesideProcess(_pid).RunAsync(words, print, ct);

    public override Task StopAsync(CancellationToken ct)
    {
        if (!Exited.IsCompleted)
        {
            _stopped = true;
            Kill();
        }

        return Exited.WaitAsync(ct);
    }

    public override async ValueTask DisposeAsync()
    {
        await StopAsync(CancellationToken.None).ConfigureAwait(false);
        _process.Dispose();
    }

    private async Task<BackendExit> WatchAsync()
    {
        // Streams first: a process blocked on a full pipe never ends. They are closed here: a process that is disposed
        // leaves those open that somebody has asked for.
        using var output = _process.StandardOutput.BaseStream;
        using var error = _process.StandardError.BaseStream;
        var read = Task.WhenAll(_output.ReadAsync(output, isError: false), _output.ReadAsync(error, isError: true));

        await _process.WaitForExitAsync().ConfigureAwait(false);
        ProcessGroup.KillOrphans(_pid);
        await LastOutput.ReadAsync(read, () => _output.Bytes, TimeProvider.System).ConfigureAwait(false);

        if (_stopped)
            return new BackendExit("stopped by its parent");
        var code = _process.ExitCode;
        var outOfMemory = ExitReason.IsKill(code) && KernelKills.Claim(_kernelKillsAtBoot);
        var exit = new BackendExit(ExitReason.Describe(code, outOfMemory, _output.LastLines()));
        return code == 0 ? exit with { WhenAsked = ExitReason.Describe(code, outOfMemory, []) } : exit;
    }

    private void Kill()
    {
        try
        {
            // One that is still booting leads no group yet, and has hardly started anything; on Windows there are none.
            if (!ProcessGroup.KillWithLeader(_pid))
                _process.Kill(entireProcessTree: true);
        }
        catch (Exception exception) when (exception is InvalidOperationException or AggregateException or System.ComponentModel.Win32Exception)
        {
            // It was gone already, or is on its way out: Exited tells.
        }
    }
}
