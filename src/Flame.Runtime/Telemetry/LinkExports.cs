using Flame.Wire;

namespace Flame.Telemetry;

/// <summary>An executor's exports on their way to its parent, in pieces between its other frames. Thread-safe.</summary>
internal abstract class LinkExports
{
    /// <summary>The most bytes that wait, and the largest request; what is more is dropped and counted.</summary>
    public const int MostWaiting = 1024 * 1024;

    private FrameSender? _sender;
    private long _last;
    private int _waiting;
    private long _dropped;

    /// <summary>Those of this process; <see langword="null"/>: it exports nothing through its parent.</summary>
    public static LinkExports? OfThisProcess { get; set; }

    /// <summary>Requests that were dropped.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Begins to collect; before the first call.</summary>
    public abstract void Start(IServiceProvider services);

    /// <summary>Hands over what was collected; behind the exit hooks.</summary>
    public abstract Task FlushAsync();

    public void SendTo(FrameSender sender) => Volatile.Write(ref _sender, sender);

    /// <summary>Whether it is on its way.</summary>
    public bool TrySend(ExportSignal signal, ReadOnlySpan<byte> request)
    {
        if (Volatile.Read(ref _sender) is { } sender && request.Length < MostWaiting && Send(sender, signal, request)) return true;
        Interlocked.Increment(ref _dropped);
        return false;
    }

    private bool Send(FrameSender sender, ExportSignal signal, ReadOnlySpan<byte> request)
    {
        var payload = new byte[request.Length + 1];
        payload[0] = (byte)signal;
        request.CopyTo(payload.AsSpan(1));
        if (Interlocked.Add(ref _waiting, payload.Length) > MostWaiting)
        {
            Interlocked.Add(ref _waiting, -payload.Length);
            return false;
        }

        var sent = Begin(sender, payload);
        _ = LeftAsync(sent ?? Task.CompletedTask, payload.Length);
        return sent is not null;
    }

    private Task? Begin(FrameSender sender, byte[] payload)
    {
        // Its bound is what waits here: it needs no credit of the parent's.
        var outgoing = new Outgoing((ulong)Interlocked.Increment(ref _last), credit: int.MaxValue);
        Task sent;
        bool flush;
        lock (sender.Gate)
        {
            // A parent that takes nothing must not be waited for in memory.
            if (sender.Closed || sender.Backlog > MostWaiting) return null;
            sender.AppendPayload(FrameKind.Export, outgoing.Call, payload, outgoing);
            sent = FrameSender.When(outgoing, credit: int.MinValue);
            flush = sender.Leave();
        }

        if (flush) sender.Flush();
        return sent;
    }

    private async Task LeftAsync(Task sent, int length)
    {
        await sent.ConfigureAwait(false);
        Interlocked.Add(ref _waiting, -length);
    }
}
