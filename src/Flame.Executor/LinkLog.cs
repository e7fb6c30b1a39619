using Flame.Diagnostics;
using Flame.Wire;
using Microsoft.Extensions.Logging;

namespace Flame.Executor;

/// <summary>
/// What an executor logs, on its way to the parent: kept until the link is up, sent from then on. What finds no room is
/// dropped, for a flood of logs must not fill the memory; it is counted, and the parent is told. Thread-safe.
/// </summary>
internal sealed class LinkLog
{
    private const int Room = 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly Queue<byte[]> _early = new();
    private int _earlyLength;
    private int _tooEarly;
    private int _tooMany;
    private FrameSender? _sender;

    /// <summary>That of this process, where it is an executor.</summary>
    public static LinkLog OfThisProcess { get; } = new();

    public void Add(in LogBody log)
    {
        var sender = Volatile.Read(ref _sender);
        if (sender is null && Keep(log, out sender)) return;
        if (!HasRoom(sender!))
        {
            Interlocked.Increment(ref _tooMany);
            return;
        }

        SayDropped();
        Send(sender!, log.Encode());
    }

    /// <summary>The link is up.</summary>
    public void SendTo(FrameSender sender)
    {
        lock (_gate)
        {
            while (_early.TryDequeue(out var log)) Send(sender, log);
            if (_tooEarly > 0) Send(sender, LogBody.Dropped(_tooEarly, "more than 1 MiB came before the link was up").Encode());
            Volatile.Write(ref _sender, sender);
        }
    }

    /// <summary>Tells the parent of what was dropped since it was told last.</summary>
    public void SayDropped()
    {
        if (Volatile.Read(ref _tooMany) == 0 || Interlocked.Exchange(ref _tooMany, 0) is not (> 0 and var dropped)) return;
        Send(_sender!, LogBody.Dropped(dropped, "more than 1 MiB waited to be sent").Encode());
    }

    /// <summary>The methods hold all threads of this process.</summary>
    public void PoolBlocked(long waiting, int given) => FlameLog.ThreadPoolBlocked(Own(), waiting, given);

    /// <summary>What the executor itself has to say.</summary>
    public ILogger Own() => new LinkLoggerProvider(this).CreateLogger("Flame.Executor");

    private static void Send(FrameSender sender, ReadOnlySpan<byte> log) => sender.Send(FrameKind.Log, FrameFlags.None, 0, log);

    private static bool HasRoom(FrameSender sender)
    {
        lock (sender.Gate) return sender.Backlog <= Room;
    }

    private bool Keep(in LogBody log, out FrameSender? sender)
    {
        var bytes = log.Encode();
        lock (_gate)
        {
            // It may have come up meanwhile.
            sender = _sender;
            if (sender is not null) return false;
            if (_tooEarly > 0 || _earlyLength + bytes.Length > Room)
            {
                _tooEarly++;
                return true;
            }

            _earlyLength += bytes.Length;
            _early.Enqueue(bytes.ToArray());
            return true;
        }
    }
}
