using System.Diagnostics;
using System.Globalization;

namespace Flame.Tests.Links;

/// <summary>A real process at the other end of the link.</summary>
internal sealed class PeerProcess : IDisposable
{
    private readonly Process _process;

    private PeerProcess(string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Flame.Grpc.TestPeer")) { RedirectStandardOutput = true };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        _process = Process.Start(start)!;
    }

    public static PeerProcess Dial(string endpoint, string pin) => new(["dial", endpoint, pin]);

    public static PeerProcess Listen() => new(["listen"]);

    public async Task<string?> ReadLineAsync(CancellationToken ct) => await _process.StandardOutput.ReadLineAsync(ct);

    public async Task<int> ExitedAsync(CancellationToken ct)
    {
        await _process.WaitForExitAsync(ct);
        return _process.ExitCode;
    }

    /// <summary>SIGKILL, where there are signals: it gets no chance to say goodbye.</summary>
    public void Kill() => _process.Kill();

    /// <summary>SIGTERM.</summary>
    public async Task TerminateAsync(CancellationToken ct)
    {
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(ct);
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }
}
