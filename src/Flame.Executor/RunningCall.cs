using Flame.CompilerServices;
using Flame.Live;
using Flame.Placing;
using Flame.Telemetry;
using Flame.Wire;
using Microsoft.Extensions.DependencyInjection;

namespace Flame.Executor;

/// <summary>One call on the executor: its arguments, token, deadline, scope and one terminal frame.</summary>
internal sealed class RunningCall(ExecutorHost host, ulong id, RemoteMethod method) : Invocation, IThreadPoolWorkItem, IDisposable
{
    private readonly Lock _gate = new();
    private byte[]? _arguments;
    private int _argumentsLength;
    private Incoming? _largeArguments;
    private PayloadBuffer? _result;
    private CancellationTokenSource? _cancellation;
    private AsyncServiceScope? _scope;
    private BorrowedArguments? _borrowed;
    private ITimer? _deadline;
    private ITimer? _grace;
    private bool _stopRequested;
    private bool _finished;

    // The context of its trace until it runs, and from then on what is seen of it: two fields would be allocated with every call.
    private object? _trace;

    public ulong Id { get; } = id;

    public RemoteMethod Method { get; } = method;

    /// <summary>That it goes on when the parent is gone, and for how long; <see langword="null"/>: it does not.</summary>
    public DetachedLimit? Detached { get; init; }

    /// <summary>The trace that it is a part of; <see langword="null"/>: its caller has none.</summary>
    public TraceContext? Trace
    {
        get => _trace as TraceContext;
        init => _trace = value;
    }

    private ExecutionTelemetry? Seen => _trace as ExecutionTelemetry;

    /// <summary>Credit and pieces of the result or the items. Guarded by the sender's gate.</summary>
    public Outgoing Outgoing { get; } = new(id, grows: method.Streams);

    public PayloadBuffer Result => _result ??= PayloadBuffer.Rent();

    public bool TimedOut { get; private set; }

    public override CancellationToken CancellationToken
    {
        get
        {
            lock (_gate)
            {
                if (_cancellation is null)
                {
                    _cancellation = new CancellationTokenSource();
                    if (_stopRequested) _cancellation.Cancel();
                }

                return _cancellation.Token;
            }
        }
    }

    public override IServiceProvider Services
    {
        get
        {
            _scope ??= host.CreateScope();
            return _scope.Value.ServiceProvider;
        }
    }

    internal override bool Streams => Method.Streams;

    public bool StopRequested => Volatile.Read(ref _stopRequested);

    /// <summary>The same, where it exists.</summary>
    public BorrowedArguments? BorrowedIfAny => Volatile.Read(ref _borrowed);

    internal override BorrowedArguments Borrowed
    {
        get
        {
            if (_borrowed is { } known) return known;
            var borrowed = host.Borrow(this);
            lock (_gate) _borrowed = borrowed;
            if (StopRequested) borrowed.Stop(new OperationCanceledException(CancellationToken));
            return borrowed;
        }
    }

    protected override ReadOnlySpan<byte> ArgumentBytes =>
        _largeArguments is { } large ? large.Span : _arguments.AsSpan(0, _argumentsLength);

    internal override byte[][]? ArgumentBlobs => _largeArguments?.Blobs;

    public void Take(ReadOnlySpan<byte> arguments)
    {
        if (arguments.IsEmpty) return;
        _arguments = PayloadBytes.Rent(arguments.Length);
        _argumentsLength = arguments.Length;
        arguments.CopyTo(_arguments);
    }

    public void Take(Incoming arguments) => _largeArguments = arguments;

    public void LimitTo(long milliseconds, TimeProvider time)
    {
        if (milliseconds < 0) return;
        _deadline = time.CreateTimer(
            static call => ((RunningCall)call!).Overdue(), this, TimeSpan.FromMilliseconds(Math.Min(milliseconds, int.MaxValue)), Timeout.InfiniteTimeSpan);
    }

    /// <summary>How long it may still run now that its parent is gone: within its own limit, or within this one where it has none.</summary>
    public TimeSpan LeftAlone(TimeSpan otherwise)
    {
        lock (_gate)
        {
            if (Detached is not { } detached || _stopRequested || _finished) return TimeSpan.Zero;
            if (detached.Left(host.Time) is { } left) return left > TimeSpan.Zero ? left : TimeSpan.Zero;
            if (_deadline is null) LimitTo((long)otherwise.TotalMilliseconds, host.Time);
            return otherwise;
        }
    }

    /// <summary>Asks the method to stop; one that does not within the grace is stuck.</summary>
    public void RequestStop()
    {
        CancellationTokenSource? cancellation;
        OperationCanceledException? because = null;
        lock (_gate)
        {
            if (_stopRequested || _finished) return;
            _stopRequested = true;
            if (_borrowed is not null) because = new OperationCanceledException((_cancellation ??= new CancellationTokenSource()).Token);
            cancellation = _cancellation;
            _grace = host.Time.CreateTimer(static call => ((RunningCall)call!).Stuck(), this, host.Rules.CancelGrace, Timeout.InfiniteTimeSpan);
        }

        host.Replies.Wake(this);
        if (because is not null) _borrowed?.Stop(because);
        try
        {
            // Callbacks are user code: not on the read loop.
            cancellation?.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
        }
    }

    void IThreadPoolWorkItem.Execute() => _ = RunAsync();

    public override void WriteResult<T, TCodec>(in T value) =>
        Payloads.WriteInto<T, TCodec>(Result, value, host.Rules.MaxPayload, Method.Name, "result", lends: true);

    public override async ValueTask WriteItemsAsync<T, TCodec>(IAsyncEnumerable<T> items)
    {
        await foreach (var item in items.WithCancellation(CancellationToken).ConfigureAwait(false))
        {
            Payloads.WriteInto<T, TCodec>(Result, item, host.Rules.MaxPayload, Method.Name, "item");
            await host.Replies.SendItemAsync(this).ConfigureAwait(false);
            // The wish is known before the token fires, and the item's bytes are no longer waited for.
            if (StopRequested) throw new OperationCanceledException(CancellationToken);
        }

        Result.Reset(host.Rules.MaxPayload);
    }

    public override ValueTask PlaceAsync(object placed, int channel, LiveArgument requests, bool concurrent, long lease)
    {
        var server = new PlacedServer(
            this, placed, Items<PlacedRequest, PlacedRequest>(channel, "requests", requests)!, concurrent,
            lease < 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromTicks(lease), host);
        return WriteItemsAsync<PlacedReply, PlacedReply>(server.AnswersAsync());
    }

    /// <summary>Gives back what the call held; once it has finished.</summary>
    public void Dispose()
    {
        if (_arguments is not null) PayloadBytes.Return(_arguments);
        _arguments = null;
        _largeArguments?.Release();
        _largeArguments = null;
        _result?.Return();
        _result = null;
        _cancellation?.Dispose();
    }

    private async Task RunAsync()
    {
        if (host.SharesProcess) FlamePools.EnterExecutor(host.Own);
        if (Listening.IsPossible || Trace is not null) _trace = ExecutionTelemetry.Begin(Method.Name, host.Name, Trace, host.Time);
        Exception? thrown = null;
        try
        {
            await Method.Invoker(this).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            thrown = e;
        }

        try
        {
            if (_scope is { } scope) await scope.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            thrown ??= e;
        }

        if (BorrowedIfAny is { } borrowed)
        {
            await borrowed.EndAsync().ConfigureAwait(false);
            thrown = borrowed.Fault ?? thrown;
        }

        if (!TryFinish()) return;
        Seen?.End(thrown);
        if (thrown is null) await host.Replies.CompleteAsync(this).ConfigureAwait(false);
        else host.Replies.Fail(this, Describe(thrown), FrameFlags.None);
        Dispose();
    }

    private FailureBody Describe(Exception e)
    {
        if (e is OperationCanceledException && StopRequested)
            return new FailureBody(TimedOut ? FailureCode.TimedOut : host.Ending ? FailureCode.Abandoned : FailureCode.Cancelled, "", "the executor is ending", "");
        if (BorrowedIfAny?.ChannelThatThrew(e) is { } channel) return new FailureBody(FailureCode.LiveArgument, channel, "", "");
        return FailureBody.Of(e);
    }

    private void Overdue()
    {
        TimedOut = true;
        RequestStop();
    }

    private void Stuck()
    {
        if (!TryFinish()) return;
        Seen?.End(new OperationCanceledException("the method ignores its cancellation token"));
        host.Stuck(this, new FailureBody(TimedOut ? FailureCode.TimedOut : FailureCode.Cancelled, "", "the method ignores its cancellation token", ""));
    }

    // Whoever finishes the call writes its one terminal frame: the method's end, or the verdict that it is stuck.
    private bool TryFinish()
    {
        lock (_gate)
        {
            if (_finished) return false;
            _finished = true;
        }

        _deadline?.Dispose();
        _grace?.Dispose();
        return true;
    }
}
