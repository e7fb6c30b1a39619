using Flame.CodeSync;
using Flame.Pooling;
using Flame.Wire;
using Microsoft.Extensions.Logging;

namespace Flame.Links;

/// <summary>
/// The parent's door: listens on the carrier, admits each expected executor once by its token and build, and hands
/// the link to the boot that waits for it. Everything else is refused, and nothing but the refused one notices.
/// </summary>
internal sealed class LinkAcceptor(LinkCarrier carrier, TimeProvider time, TimeSpan heartbeat, ILogger log, ProgramCode? code = null) : IAsyncDisposable
{
    private static readonly TimeSpan s_helloTimeout = TimeSpan.FromSeconds(10);

    private readonly ExpectedExecutors _expected = new();
    private readonly Newcomers _newcomers = new(time, s_helloTimeout);
    private readonly RefusalLog _refusals = new(log, time);
    private readonly HashSet<Task> _open = [];
    private readonly CancellationTokenSource _end = new();
    private readonly SemaphoreSlim _opening = new(1);
    private LinkListener? _listener;
    private Task? _accepting;
    private bool _disposed;

    /// <summary>Connections that were refused since the start.</summary>
    public int Refused => _refusals.Total;

    /// <summary>Connections that have yet to be admitted or refused.</summary>
    public int Waiting => _newcomers.Count;

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
        _expected.Add(executor, pool, parent.Token);
        Expect(listener);
        return parent.Encode();
    }

    /// <summary>The boot is over, however it ended: the token admits nobody any more.</summary>
    public void Forget(string executor)
    {
        _expected.Forget(executor);
        if (_listener is { } listener) Expect(listener);
    }

    /// <summary>Why the executor was turned away, if it was and its boot still waits.</summary>
    public string? RefusalOf(string executor) => _expected.RefusalOf(executor);

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, true)) return;
        await _end.CancelAsync().ConfigureAwait(false);
        if (_listener is not null) await _listener.DisposeAsync().ConfigureAwait(false);
        if (_accepting is not null) await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Task[] open;
        lock (_open) open = [.. _open];
        await Task.WhenAll(open).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _refusals.Dispose();
        _end.Dispose();
        _opening.Dispose();
    }

    private async Task<LinkListener> OpenAsync(CancellationToken ct)
    {
        if (_listener is { IsGone: false } open) return open;
        await _opening.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            if (_listener is { IsGone: true } gone)
            {
                _listener = null;
                await gone.DisposeAsync().ConfigureAwait(false);
                await _accepting!.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            if (_listener is null)
            {
                _listener = await carrier.ListenAsync(ct).ConfigureAwait(false);
                _listener.CutOff = CutOff;
                _accepting = AcceptAsync(_listener);
            }

            return _listener;
        }
        finally
        {
            _opening.Release();
        }
    }

    private void Expect(LinkListener listener)
    {
        var expected = _expected.Count;
        _newcomers.Expect(expected);
        listener.Expect(expected);
    }

    private async Task AcceptAsync(LinkListener listener)
    {
        while (!_end.IsCancellationRequested)
        {
            var stream = await listener.AcceptAsync(_end.Token).ConfigureAwait(false);
            var served = ServeAsync(listener, stream);
            lock (_open) _open.Add(served);
            _ = served.ContinueWith(Ended, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }

        void Ended(Task served)
        {
            lock (_open) _open.Remove(served);
        }
    }

    /// <summary>From the first byte of a connection to its last.</summary>
    private async Task ServeAsync(LinkListener listener, Stream stream)
    {
        using var newcomer = _newcomers.Enter();
        try
        {
            if (await AdmitAsync(listener, stream, newcomer).ConfigureAwait(false) is { } link) await link.RunAsync(_end.Token).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            if (_end.IsCancellationRequested) return;
            if (newcomer.Fate is { } fate) CutOff(fate);
            else _refusals.Add(RefusalKind.Malformed, e.Message);
        }
        finally
        {
            // Waits for what was said last to leave, where a carrier needs that.
            await stream.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task<ExecutorLink?> AdmitAsync(LinkListener listener, Stream stream, Newcomers.Newcomer newcomer)
    {
        var reader = new FrameReader(stream);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(newcomer.CutOff, _end.Token);
        var hello = await reader.ReadHelloAsync(ExecutorHello.Decode, patience.Token).ConfigureAwait(false);
        if (_expected.Check(hello, out var expected) is { } refusal)
        {
            _refusals.Add(refusal.Kind, refusal.Words);
            await AnswerAsync(stream, new ParentHello(refusal.Words, default, default, default, 0), patience.Token).ConfigureAwait(false);
            return null;
        }

        // Its token is used up now: from here on nobody takes its place.
        newcomer.Stay();
        listener.Admitted(stream);
        var options = expected!.Pool.Options;
        await AnswerAsync(stream, new ParentHello(null, heartbeat, options.ShutdownTimeout, options.CancelGrace, options.MaxPayloadSize), patience.Token).ConfigureAwait(false);
        newcomer.Dispose();
        if (hello.Stock is { } facts)
        {
            await SendCodeAsync(listener, new CodePipe(stream, reader, time), facts, expected).ConfigureAwait(false);
            return null;
        }

        var link = new ExecutorLink(hello.Executor, stream, reader, time, heartbeat, options.CancelGrace, expected.Executor);
        expected.Executor.Admitted(link, hello);
        return link;
    }

    /// <summary>A stock executor gets this program, and comes again as it.</summary>
    private async Task SendCodeAsync(LinkListener listener, CodePipe pipe, StockFacts facts, ExpectedExecutors.Expected expected)
    {
        var executor = expected.Executor;
        try
        {
            var token = FlameParent.NewToken();
            if (code is null)
            {
                const string words = "FLM2109: this parent has no program to send.";
                await pipe.SendAsync(CodeMessage.Failed, words, _end.Token).ConfigureAwait(false);
                throw new CodeException(words);
            }

            // Before it is told: it may come before this goes on.
            await new CodeSender(code, log, time).SendAsync(
                pipe, executor.Name, facts, compresses: listener.CertificatePin is not null, token, () => expected.ComesAgain(token), executor.WaitsFor, _end.Token).ConfigureAwait(false);
            listener.ComesAgain(executor.Name);
        }
        catch (CodeException e)
        {
            expected.Refusal = e.Message;
        }
    }

    private void CutOff(RefusalKind fate) => _refusals.Add(
        fate, fate == RefusalKind.MadeWay ? "it had not introduced itself when too many others came" : "it did not introduce itself in time");

    private static async Task AnswerAsync(Stream stream, ParentHello hello, CancellationToken ct)
    {
        await stream.WriteAsync(Handshake.Frame(hello.Encode()), ct).ConfigureAwait(false);
        await stream.FlushAsync(ct).ConfigureAwait(false);
    }
}
