using System.Threading.Channels;
using Flame.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;

namespace Flame.Exports;

/// <summary>Passes on to the parent's collector what its executors export, one request after another. Thread-safe.</summary>
internal sealed class CollectorRelay : ExportRelay, IHostedService, IDisposable
{
    /// <summary>The most bytes that wait for the collector; what is more is dropped and counted.</summary>
    public const int MostWaiting = 8 * 1024 * 1024;

    private static readonly TimeSpan s_quiet = TimeSpan.FromMinutes(1);

    private readonly Channel<(ExportSignal Signal, byte[] Request)> _waiting = Channel.CreateUnbounded<(ExportSignal, byte[])>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Collector _collector;
    private readonly ILogger _log;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private CollectorClient? _client;
    private Task _passing = Task.CompletedTask;
    private long _bytes;
    private long _lost;
    private long _saidAt = long.MinValue;

    public CollectorRelay(Collector collector, IServiceProvider services)
    {
        _collector = collector;
        _log = services.GetRequiredService<ILoggerFactory>().CreateLogger("Flame.Pool");
        _time = services.GetService<TimeProvider>() ?? TimeProvider.System;
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        Current = this;
        _passing = Task.Run(PassOnAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    /// <summary>By then the pools are drained, and what executors said last is here.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (Current == this) Current = null;
        _waiting.Writer.TryComplete();
        await _passing.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Say(null, atOnce: true);
    }

    public override void Take(ExportSignal signal, byte[] request)
    {
        if (Interlocked.Add(ref _bytes, request.Length) <= MostWaiting && _waiting.Writer.TryWrite((signal, request))) return;
        Interlocked.Add(ref _bytes, -request.Length);
        Lost("too much waits for it");
    }

    public void Dispose() => _client?.Dispose();

    private async Task PassOnAsync()
    {
        // Else an application that traces what it calls over HTTP would trace this.
        using var unseen = SuppressInstrumentationScope.Begin();
        await foreach (var (signal, request) in _waiting.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            try
            {
                _client ??= new CollectorClient(_collector);
                await _client.PostAsync(signal, request).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                Lost(e.Message);
            }

            Interlocked.Add(ref _bytes, -request.Length);
        }
    }

    private void Lost(string why)
    {
        lock (_gate) _lost++;
        Say(why, atOnce: false);
    }

    private void Say(string? why, bool atOnce)
    {
        long count;
        lock (_gate)
        {
            if (_lost == 0 || (!atOnce && _saidAt != long.MinValue && _time.GetElapsedTime(_saidAt) < s_quiet)) return;
            (count, _lost, _saidAt) = (_lost, 0, _time.GetTimestamp());
        }

        ExportLog.NotPassedOn(_log, count, _collector.ToString(), why ?? "as before");
    }
}
