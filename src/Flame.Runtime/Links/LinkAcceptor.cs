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
    private static readonly TimeSpan HelloTimeout = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, Expected> _expected = new();
    private readonly ConcurrentDictionary<string, string> _refusals = new();
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
            Endpoints = [listener.Endpoint],
            Token = FlameParent.NewToken(),
            CertificatePin = listener.CertificatePin,
        };
        _expected[executor.Name] = new Expected(executor, pool, parent.Token);
        return parent.Encode();
    }

    public void Forget(string executor)
    {
        _expected.TryRemove(executor, out _);
        _refusals.TryRemove(executor, out _);
    }

    /// <summary>Why the executor was turned away, if it was.</summary>
    public string? RefusalOf(string executor) => _refusals.GetValueOrDefault(executor);

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, true)) return;
        await _end.CancelAsync().ConfigureAwait(false);
        if (_listener is not null) await _listener.DisposeAsync().ConfigureAwait(false);
        if (_accepting is not null) await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
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
            _ = AdmitAsync(stream);
        }
    }

    private async Task AdmitAsync(Stream stream)
    {
        try
        {
            var reader = new FrameReader(stream);
            using var patience = new CancellationTokenSource(HelloTimeout, time);
            var hello = await ReadHelloAsync(reader, patience.Token).ConfigureAwait(false);
            if (Check(hello, out var expected) is { } refusal)
            {
                Refuse(refusal);
                if (expected is not null) _refusals[hello.Executor] = refusal;
                await AnswerAsync(stream, new ParentHello(refusal, default, default, default, 0), patience.Token).ConfigureAwait(false);
                stream.Dispose();
                return;
            }

            var options = expected!.Pool.Options;
            await AnswerAsync(stream, new ParentHello(null, heartbeat, options.ShutdownTimeout, options.CancelGrace, options.MaxPayloadSize), patience.Token).ConfigureAwait(false);
            var link = new ExecutorLink(hello.Executor, stream, reader, time, heartbeat, expected.Executor);
            await link.RunAsync(_end.Token).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            stream.Dispose();
            if (!_end.IsCancellationRequested) Refuse(e is OperationCanceledException ? "it did not introduce itself in time" : e.Message);
        }
    }

    private void Refuse(string reason) => FlameLog.Refused(log, reason, Interlocked.Increment(ref _refused));

    /// <summary>Why the executor may not come in; the token is used up by the right executor only.</summary>
    private string? Check(ExecutorHello hello, out Expected? expected)
    {
        if (!_expected.TryGetValue(hello.Executor, out expected))
            return "FLM2102: no such executor is expected; its boot was given up, or it connected twice";
        if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(hello.Token), Encoding.UTF8.GetBytes(expected.Token)))
        {
            expected = null;
            return "FLM2103: the token is not the one that this executor was given";
        }

        _expected.TryRemove(hello.Executor, out _);
        return BuildId.Current.Mismatch(hello.BuildId, hello.Assemblies);
    }

    private static async Task<ExecutorHello> ReadHelloAsync(FrameReader reader, CancellationToken ct)
    {
        while (true)
        {
            if (reader.TryRead(out var header, out var body))
            {
                return header.Kind == FrameKind.Hello ? ExecutorHello.Decode(body) : throw new WireException($"a {header.Kind} frame came before Hello");
            }

            if (!reader.Filled(await reader.FillAsync(ct).ConfigureAwait(false))) throw new WireException("the connection closed before Hello");
        }
    }

    private static async Task AnswerAsync(Stream stream, ParentHello hello, CancellationToken ct)
    {
        var frame = Frame(hello);
        await stream.WriteAsync(frame, ct).ConfigureAwait(false);
        await stream.FlushAsync(ct).ConfigureAwait(false);
    }

    private static byte[] Frame(ParentHello hello)
    {
        var body = hello.Encode();
        var frame = new byte[FrameHeader.Size + body.Length];
        new FrameHeader(body.Length, FrameKind.Hello, FrameFlags.None, 0).Write(frame);
        body.CopyTo(frame.AsSpan(FrameHeader.Size));
        return frame;
    }

    private sealed record Expected(Executor Executor, FlamePool Pool, string Token);
}
