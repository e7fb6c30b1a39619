using Flame.Links;
using Flame.Live;
using Flame.Telemetry;
using Flame.Wire;
using Microsoft.Extensions.DependencyInjection;

namespace Flame.Executor;

/// <summary>Why a link came to its end.</summary>
internal enum LinkEnd
{
    Drained,
    Stuck,
    ParentGone,
}

/// <summary>The executor's end of the link, from the handshake to its end: takes calls, drains, and notices when nobody is there.</summary>
internal sealed class ExecutorHost
{
    private static readonly TimeSpan s_farewell = TimeSpan.FromSeconds(2);

    private readonly Stream _stream;
    private readonly FrameSender _sender;
    private readonly ParentFrames _frames;
    private readonly RunningCalls _calls;
    private readonly Func<IServiceProvider> _services;
    private readonly TaskCompletionSource<LinkEnd> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _read = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Heartbeat _heartbeat;
    private string? _goneBecause;
    private bool _stuck;

    public ExecutorHost(Stream stream, FrameReader reader, ParentHello rules, Func<IServiceProvider> services, TimeProvider time, LinkLog log, bool sharesProcess)
    {
        _stream = stream;
        _services = services;
        _sender = new FrameSender(stream, e => ParentGone($"the link broke: {e.Message}"));
        _calls = new RunningCalls(_sender.Gate);
        Replies = new CallReplies(_sender, _calls);
        Rules = rules;
        Time = time;
        Log = log;
        SharesProcess = sharesProcess;

        // The parent asks, and whoever asks nothing any more is gone. Where methods hold all threads and the question lies
        // unread, the watch says unasked that this process is there.
        _heartbeat = new Heartbeat(
            time, rules.Heartbeat, () => _sender.SendAtOnce(FrameKind.Ping, FrameFlags.Reply),
            () => ParentGone($"nothing was heard from the parent for {rules.Heartbeat * Heartbeat.Allowed}"), onlyWhenLate: true);
        _frames = new ParentFrames(this, reader, _sender, _calls, _heartbeat.Heard);
        log.SendTo(_sender);
        _heartbeat.Start();
        if (!sharesProcess) ThreadPoolRelief.OfThisProcess.Blocked += log.PoolBlocked;
    }

    public ParentHello Rules { get; }

    public TimeProvider Time { get; }

    /// <summary>What the executor logs and prints.</summary>
    public LinkLog Log { get; }

    public CallReplies Replies { get; }

    /// <summary>The executor's name.</summary>
    public string? Name { get; init; }

    /// <summary>Whether parent and executor are one process, so that "inside an executor" is a matter of the flow.</summary>
    public bool SharesProcess { get; }

    /// <summary>The pools that code in it sees where it shares the process; <see langword="null"/>: it sees none.</summary>
    public Lazy<FlamePools>? Own { get; init; }

    /// <summary>What runs now, as people read it: <c>Shop.Price ×3, Shop.Stock</c>.</summary>
    public string Running => _calls.Names();

    /// <summary>Whether running calls are being ended because the executor goes.</summary>
    public bool Ending { get; private set; }

    /// <summary>How the executor came to be without a parent, in words, if it did.</summary>
    public string? GoneBecause => Volatile.Read(ref _goneBecause);

    /// <summary>Serves calls until the executor is drained, stuck or without a parent. Unless it is without one, it still hears what is said afterwards.</summary>
    public async Task<LinkEnd> RunAsync()
    {
        _ = ReadAsync();
        _ = EndWhenDrainedAsync();
        var end = await _end.Task.ConfigureAwait(false);
        _heartbeat.Stop();
        if (end == LinkEnd.ParentGone) StopSending();
        else await FlushAsync().ConfigureAwait(false);
        return end;
    }

    /// <summary>Waits until what was sent is written, as long as that may take.</summary>
    public async Task FlushAsync() =>
        await _sender.WhenWritten().WaitAsync(Rules.ShutdownTimeout, Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    /// <summary>Closes the connection: the parent now knows that this executor is gone.</summary>
    public void Close()
    {
        StopSending();
        _stream.Dispose();
    }

    /// <summary>
    /// The same, once the parent has all that was sent: a socket that is closed with bytes unread would take back what
    /// the parent has not read either. So the parent is told, and closes first.
    /// </summary>
    public async Task CloseAsync()
    {
        Log.SayDropped();
        if (_sender.Send(FrameKind.Drain, FrameFlags.Reply, 0, []))
            await _read.Task.WaitAsync(s_farewell, Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        StopSending();
        await _stream.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Carries these to the parent, between its own frames.</summary>
    public void Carry(LinkExports exports) => exports.SendTo(_sender);

    /// <summary>What this executor uses, as the answer to a Ping says it; nothing where the process is not its own.</summary>
    public ReadOnlySpan<byte> Use() => SharesProcess ? [] : new BodyWriter().Int64(Environment.CpuUsage.TotalTime.Ticks).Int64(Environment.WorkingSet).Span;

    public void SayReady() => _sender.Send(FrameKind.Hello, FrameFlags.Reply, 0, []);

    /// <summary>
    /// Takes no more calls, and ends when the running ones have. Says so when it was not the parent's wish; the parent
    /// then says that it sends no more, for until then calls may be on their way here.
    /// </summary>
    public void Drain(string? because)
    {
        if (!StopTaking()) return;
        if (because is not null) _sender.Send(FrameKind.Drain, FrameFlags.None, 0, new BodyWriter().Text(because).Span);
    }

    /// <summary>The parent is gone: what is bound to it is told to stop, and a detached call may end within its own limit.</summary>
    /// <returns>The longest of these limits; zero where nothing is detached.</returns>
    public TimeSpan LetGo()
    {
        Ending = true;
        var longest = TimeSpan.Zero;
        foreach (var call in _calls.LetGo())
        {
            var left = call.LeftAlone(Rules.ShutdownTimeout);
            if (left == TimeSpan.Zero) call.RequestStop();
            else if (left > longest) longest = left;
        }

        return longest;
    }

    /// <summary>Waits until nothing runs any more, as long as that may take.</summary>
    public async Task IdleAsync(TimeSpan limit) =>
        await _calls.Idle.WaitAsync(limit, Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    /// <summary>Cancels what runs; it has the limit to end.</summary>
    public async Task EndCallsAsync(TimeSpan limit)
    {
        Ending = true;
        foreach (var call in _calls.LetGo()) call.RequestStop();
        await IdleAsync(limit).ConfigureAwait(false);
    }

    /// <summary>What stands for the live objects of the call's caller.</summary>
    public BorrowedArguments Borrow(RunningCall call) => new(_sender, call.Id, call.Method.Name, Rules.MaxPayload);

    public AsyncServiceScope CreateScope() => _services().CreateAsyncScope();

    /// <summary>The method cannot be stopped; the process will be, once the other calls are done.</summary>
    public void Stuck(RunningCall call, FailureBody failure)
    {
        _stuck = true;
        StopTaking();
        Replies.Fail(call, failure, FrameFlags.Stuck);
    }

    /// <summary>The terminal frame of a call that never ran.</summary>
    public void Refuse(ulong id, FailureBody failure) => _sender.Send(FrameKind.Failure, FrameFlags.None, id, failure.Encode());

    public void RefuseNotStarted(ulong id) => Refuse(id, new FailureBody(FailureCode.NotStarted, "", "it is draining", ""));

    private bool StopTaking()
    {
        if (!_calls.StopTaking(alsoArriving: true, out var notStarted)) return false;
        foreach (var arriving in notStarted) RefuseNotStarted(arriving.Call.Id);
        return true;
    }

    private async Task ReadAsync()
    {
        ParentGone(await _frames.ReadAsync().ConfigureAwait(false));
        _read.TrySetResult();
    }

    private async Task EndWhenDrainedAsync()
    {
        await _calls.Drained.ConfigureAwait(false);
        _end.TrySetResult(_stuck ? LinkEnd.Stuck : LinkEnd.Drained);
    }

    private void ParentGone(string because)
    {
        Interlocked.CompareExchange(ref _goneBecause, because, null);
        _end.TrySetResult(LinkEnd.ParentGone);
    }

    private void StopSending()
    {
        _sender.Close();
        _calls.LetGo();
    }
}
