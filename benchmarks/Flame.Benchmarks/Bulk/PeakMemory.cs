using System.Diagnostics;

namespace Flame.Benchmarks;

/// <summary>Looks a hundred times a second how much memory two processes have, beyond what they had at the beginning.</summary>
internal sealed class PeakMemory : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly Task<(double, double)> _looking;

    public PeakMemory(int first, int second) => _looking = LookAsync(first, second);

    /// <returns>MiB of each.</returns>
    public async Task<(double First, double Second)> StopAsync()
    {
        await _end.CancelAsync();
        return await _looking;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _end.Dispose();
    }

    private async Task<(double, double)> LookAsync(int first, int second)
    {
        using var one = Process.GetProcessById(first);
        using var other = Process.GetProcessById(second);
        var (oneBefore, otherBefore) = (one.WorkingSet64, other.WorkingSet64);
        var (onePeak, otherPeak) = (0L, 0L);
        while (!_end.IsCancellationRequested)
        {
            await Task.Delay(10, _end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            one.Refresh();
            other.Refresh();
            (onePeak, otherPeak) = (Math.Max(onePeak, one.WorkingSet64 - oneBefore), Math.Max(otherPeak, other.WorkingSet64 - otherBefore));
        }

        return (onePeak / (double)(1 << 20), otherPeak / (double)(1 << 20));
    }
}
