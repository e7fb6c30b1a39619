using Flame.Backends;
using Flame.Links;
using Flame.Wire;

namespace Flame.Model;

/// <summary>
/// An executor that answers its calls in any order, and may announce that it goes, ignore a cancellation, die with its last words on
/// their way, or fall silent. It knows what a parent may do, and says when one does otherwise.
/// </summary>
internal sealed class ModelExecutor(World world, Books books, string name, int concurrency) : BackendExecutor
{
    private readonly TaskCompletionSource<BackendExit> _exited = new();
    private readonly List<byte> _heard = [];
    private readonly List<HeldCall> _held = [];
    private ModelStream? _stream;
    private bool _stepping;
    private bool _wanted;
    private bool _gone;
    private bool _silent;
    private bool _leaves;
    private bool _toldToGo;

    public override string Description => name;

    public override Task<BackendExit> Exited => _exited.Task;

    public bool IsGone => _gone && _exited.Task.IsCompleted;

    public int Stops { get; private set; }

    /// <summary>Calls that it has and has not answered.</summary>
    public int Held => _gone ? 0 : _held.Count;

    public void Come(LinkAcceptor door)
    {
        if (_gone) return;
        _stream = new ModelStream(world, books, this);
        door.Arrive(name, _stream);
        Say(FrameKind.Hello, FrameFlags.Reply, 0, []);
    }

    public void ComeAndGo(LinkAcceptor door)
    {
        if (_gone) return;
        _stream = new ModelStream(world, books, this);
        door.Arrive(name, _stream);
        Die("exited with code 1");
    }

    /// <summary>The parent's bytes; none: it has closed.</summary>
    public void Hear(byte[] bytes)
    {
        _heard.AddRange(bytes);
        Again();
    }

    public void Die(string reason)
    {
        _gone = true;
        _stream?.End();
        _exited.TrySetResult(new BackendExit(reason));
    }

    public override Task StopAsync(CancellationToken ct)
    {
        Stops++;
        if (!_gone)
        {
            _gone = true;
            _stream?.Break();
        }

        _exited.TrySetResult(new BackendExit("was stopped"));
        return Task.CompletedTask;
    }

    public override ValueTask DisposeAsync() => default;

    private void Again()
    {
        _wanted = true;
        if (_stepping || _gone || _silent) return;
        _stepping = true;
        world.Post(name, Step);
    }

    private void Step()
    {
        _wanted = false;
        if (!_gone && !_silent)
        {
            Read();
            if (_stream!.ClosedByParent) Die("exited with code 73");
            else Act();
        }

        _stepping = false;
        if (_wanted) Again();
    }

    private void Read()
    {
        var bytes = _heard.ToArray().AsSpan();
        var all = bytes.Length;
        while (bytes.Length >= FrameHeader.Size && FrameHeader.Read(bytes) is var header && bytes.Length >= FrameHeader.Size + header.Length)
        {
            On(header, bytes.Slice(FrameHeader.Size, header.Length));
            bytes = bytes[(FrameHeader.Size + header.Length)..];
        }

        _heard.RemoveRange(0, all - bytes.Length);
    }

    private void On(FrameHeader header, ReadOnlySpan<byte> body)
    {
        switch (header.Kind)
        {
            case FrameKind.Call:
                OnCall(header.Call, body);
                break;
            case FrameKind.Cancel:
                foreach (var call in _held.Where(call => call.Id == header.Call)) call.Cancelled = true;
                break;
            case FrameKind.Drain:
                if (_toldToGo) world.Fail($"{name} was told to go twice");
                world.Note("is told to go");
                _toldToGo = true;
                break;
            case FrameKind.Ping:
                Say(FrameKind.Ping, FrameFlags.Reply, 0, []);
                break;
        }
    }

    private void OnCall(ulong id, ReadOnlySpan<byte> body)
    {
        var number = BitConverter.ToInt32(body[20..]);
        world.Note($"gets call {number}");
        if (_toldToGo) world.Fail($"{name} was sent a call after it was told to go");
        if (_held.Count >= concurrency) world.Fail($"{name} was sent more calls than it runs at the same time");
        if (_held.Exists(call => call.Id == id)) world.Fail($"{name} was sent two calls by one id");
        if (_leaves)
        {
            Say(FrameKind.Failure, FrameFlags.None, id, new FailureBody(FailureCode.NotStarted, "", "", "").Encode());
            return;
        }

        var entry = books.Of(number);
        if (++entry.Begun > (entry.Idempotent ? 1 + ModelBackend.Retries : 1)) world.Fail($"call {number} was begun {entry.Begun} times");
        _held.Add(new HeldCall(id, entry));
    }

    private void Act()
    {
        if (_held.Count == 0 && _toldToGo)
        {
            Say(FrameKind.Drain, FrameFlags.Reply, 0, []);
            Die("exited with code 0");
            return;
        }

        // In this order: 0 is what mostly happens.
        var answers = _held.Count == 0 ? 1 : _held.Count + 2;
        var chosen = world.Choose(books.TroublesLeft > 0 ? answers + 6 : answers, $"{name} acts");
        if (chosen >= answers) HaveTrouble((TroubleKind)(chosen - answers));
        else if (chosen < _held.Count) Answer(_held[chosen], threw: false);
        else if (_held.Count > 0 && chosen == _held.Count) Answer(_held[0], threw: true);
        else if (_held.Count > 0) _ = world.Clock.CreateTimer(_ => Again(), null, TimeSpan.FromMilliseconds(150), Timeout.InfiniteTimeSpan);
        if (chosen < answers && chosen <= _held.Count && _held.Count + answers > 1) Again();
    }

    private void Answer(HeldCall call, bool threw)
    {
        _held.Remove(call);
        if (call.Cancelled)
        {
            world.Note($"ends the cancelled call {call.Entry.Number}");
            Say(FrameKind.Failure, FrameFlags.None, call.Id, new FailureBody(FailureCode.Cancelled, "", "", "").Encode());
            return;
        }

        world.Note($"answers call {call.Entry.Number}");
        call.Entry.Answered = true;
        if (threw)
        {
            call.Entry.Threw = true;
            Say(FrameKind.Failure, FrameFlags.None, call.Id, new FailureBody(FailureCode.Threw, "System.FormatException", "it threw", "").Encode());
            return;
        }

        Say(FrameKind.Result, FrameFlags.None, call.Id, new BodyWriter().Int32(4).Int32(call.Entry.Result).Span);
    }

    private void HaveTrouble(TroubleKind kind)
    {
        books.Trouble();
        world.Count($"trouble {kind}");
        switch (kind)
        {
            case TroubleKind.Announces when !_leaves:
                world.Note("announces that it goes");
                _leaves = true;
                Say(FrameKind.Drain, FrameFlags.None, 0, new BodyWriter().Text("SIGTERM").Span);
                break;
            case TroubleKind.IsStuck when _held.Find(static call => call.Cancelled) is { } stuck:
                world.Note($"is stuck in call {stuck.Entry.Number}");
                _held.Remove(stuck);
                _leaves = true;
                Say(FrameKind.Failure, FrameFlags.Stuck, stuck.Id, new FailureBody(FailureCode.Cancelled, "", "", "").Encode());
                break;
            case TroubleKind.DiesWithLastWords:
                world.Note("dies with its last words on their way");
                books.ExecutorsLost = true;
                if (_held.Count > 0) Answer(_held[0], threw: false);
                Die("killed by SIGSEGV");
                return;
            case TroubleKind.Dies:
                world.Note("dies");
                books.ExecutorsLost = true;
                _gone = true;
                _stream!.Break();
                world.Post($"{name}'s platform", () => _exited.TrySetResult(new BackendExit("killed by SIGKILL")));
                return;
            case TroubleKind.VanishesQuietly:
                world.Note("is gone, and its network says nothing");
                books.ExecutorsLost = _gone = true;
                _exited.TrySetResult(new BackendExit("was evicted"));
                return;
            case TroubleKind.FallsSilent:
                world.Note("falls silent");
                books.ExecutorsLost = _silent = true;
                return;
        }

        Again();
    }

    private void Say(FrameKind kind, FrameFlags flags, ulong call, ReadOnlySpan<byte> body)
    {
        var frame = new byte[FrameHeader.Size + body.Length];
        new FrameHeader(body.Length, kind, flags, call).Write(frame);
        body.CopyTo(frame.AsSpan(FrameHeader.Size));
        _stream!.Say(frame);
    }

    private enum TroubleKind
    {
        Announces,
        IsStuck,
        DiesWithLastWords,
        Dies,
        VanishesQuietly,
        FallsSilent,
    }

    private sealed class HeldCall(ulong id, CallEntry entry)
    {
        public ulong Id => id;

        public CallEntry Entry => entry;

        public bool Cancelled { get; set; }
    }
}
