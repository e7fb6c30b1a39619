using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Flame.Diagnostics;
using Flame.Pooling;
using Flame.Wire;
using Microsoft.Extensions.Logging;

namespace Flame.Links;

/// <summary>
/// The parent's door: listens on the carrier, admits each expected executor once by its token and build, and hands
/// the link to the boot that waits for it. Everything else is refused, and nothing but the refused one notices.
/// </summary>
internal sealed class LinkAcceptor(LinkCarrier carrier, TimeProvider time, TimeSpan heartbeat, ILogger log) : IAsyncDisposable
{
    private const string NotExpected = "FLM2102: no such executor is expected; its boot was given up, or it connected twice";

    private static readonly TimeSpan HelloTimeout = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, Expected> _expected = new();
    private readonly HashSet<Task> _open = [];
    private readonly CancellationTokenSource _end = new();
    private readonly SemaphoreSlim _opening = new(1);
    private LinkListener? _listener;
    private Task? _accepting;
    private int _refused;
    private bool _disposed;

    /// <summary>Connections that were refused since the start.</summary>
    public int Refused => Volatile.Read(ref _refused);

    /// <summary>Prepares for an executor: its value of <c>FLAME_PARENT</c>, with a token that admits it once.</summary>
    public async Task<string> ExpectAsync(Executor executor, FlamePool pool, CancellationToken ct)
    {
        var listener = await OpenAsync(ct).ConfigureAwait(false);
        var parent = new FlameParent
        {
            Pool = pool.Name,
            Executor = executor.Name,
            Backend = pool.Backend.Name,
            BuildId = BuildId.Current.Hash,
            Endpoints = listener.EndpointsOf(executor.Name),
            Token = FlameParent.NewToken(),
            CertificatePin = listener.CertificatePin,
        };
        _expected[executor.Name] = new Expected(executor, pool, parent.Token);
        return parent.Encode();
    }

    /// <summary>The boot is over, however it ended: the token admits nobody any more.</summary>
    public void Forget(string executor) => _expected.TryRemove(executor, out _);

    /// <summary>Why the executor was turned away, if it was and its boot still waits.</summary>
    public string? RefusalOf(string executor) => _expected.GetValueOrDefault(executor)?.Refusal;

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, true)) return;
        await _end.CancelAsync().ConfigureAwait(false);
        if (_listener is not null) await _listener.DisposeAsync().ConfigureAwait(false);
        if (_accepting is not null) await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Task[] open;
        lock (_open) open = [.. _open];
        await Task.WhenAll(open).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _end.Dispose();
        _opening.Dispose();
    }

    private async Task<LinkListener> OpenAsync(CancellationToken ct)
    {
        if (_listener is { } open) return open;
        await _opening.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            if (_listener is null)
            {
                _listener = await carrier.ListenAsync(ct).ConfigureAwait(false);
                _accepting = AcceptAsync(_listener);
            }

            return _listener;
        }
        finally
        {
            _opening.Release();
        }
    }

    private async Task AcceptAsync(LinkListener listener)
    {
        while (!_end.IsCancellationRequested)
        {
            var stream = await listener.AcceptAsync(_end.Token).ConfigureAwait(false);
            var served = ServeAsync(stream);
            lock (_open) _open.Add(served);
            _ = served.ContinueWith(Ended, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }

        void Ended(Task served)
        {
            lock (_open) _open.Remove(served);
        }
    }

    /// <summary>From the first byte of a connection to its last.</summary>
    private async Task ServeAsync(Stream stream)
    {
        try
        {
            if (await AdmitAsync(stream).ConfigureAwait(false) is { } link) await link.RunAsync(_end.Token).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            if (!_end.IsCancellationRequested) Refuse(e is OperationCanceledException ? "it did not introduce itself in time" : e.Message);
        }
        finally
        {
            // Waits for what was said last to leave, where a carrier needs that.
            await stream.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task<ExecutorLink?> AdmitAsync(Stream stream)
    {
        var reader = new FrameReader(stream);
        using var limit = new CancellationTokenSource(HelloTimeout, time);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _end.Token);
        var hello = await reader.ReadHelloAsync(ExecutorHello.Decode, patience.Token).ConfigureAwait(false);
        if (Check(hello, out var expected) is { } refusal)
        {
            Refuse(refusal);
            if (expected is not null) expected.Refusal = refusal;
            await AnswerAsync(stream, new ParentHello(refusal, default, default, default, 0), patience.Token).ConfigureAwait(false);
            return null;
        }

        var options = expected!.Pool.Options;
        await AnswerAsync(stream, new ParentHello(null, heartbeat, options.ShutdownTimeout, options.CancelGrace, options.MaxPayloadSize), patience.Token).ConfigureAwait(false);
        return new ExecutorLink(hello.Executor, stream, reader, time, heartbeat, options.CancelGrace, expected.Executor);
    }

    private void Refuse(string reason) => FlameLog.Refused(log, LogText.Line(reason), Interlocked.Increment(ref _refused));

    /// <summary>Why the executor may not come in; the token is used up by the right executor only.</summary>
    private string? Check(ExecutorHello hello, out Expected? expected)
    {
        if (!_expected.TryGetValue(hello.Executor, out expected))
            return NotExpected;
        if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(hello.Token), Encoding.UTF8.GetBytes(expected.Token)))
        {
            expected = null;
            return "FLM2103: the token is not the one that this executor was given";
        }

        if (!expected.TryUse())
        {
            expected = null;
            return NotExpected;
        }

        return BuildId.Current.Mismatch(hello.BuildId, hello.Assemblies);
    }

    private static async Task AnswerAsync(Stream stream, ParentHello hello, CancellationToken ct)
    {
        await stream.WriteAsync(Handshake.Frame(hello.Encode()), ct).ConfigureAwait(false);
        await stream.FlushAsync(ct).ConfigureAwait(false);
    }

    private sealed class Expected(Executor executor, FlamePool pool, string token)
    {
        private bool _used;

        public Executor Executor => executor;

        public FlamePool Pool => pool;

        public string Token => token;

        public string? Refusal { get; set; }

        public bool TryUse() => !Interlocked.Exchange(ref _used, true);
    }
}
