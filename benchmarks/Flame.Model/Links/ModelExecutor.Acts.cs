using Flame.Backends;
using Flame.Wire;

namespace Flame.Model;

internal sealed partial class ModelExecutor
{
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

        // Where the arguments are still on their way, their next piece goes on with it.
        if (chosen < answers && answers > 1 && !_held.TrueForAll(static call => call.Missing > 0)) Again();
    }

    private void Answer(HeldCall call, bool threw)
    {
        if (call.Missing > 0 && !call.Cancelled) return;
        if (call.Entry.Items > call.Sent && !call.Cancelled && !threw)
        {
            Say(FrameKind.Item, FrameFlags.None, call.Id, new BodyWriter().Int32(4).Int32(call.Entry.Item(++call.Sent)).Span);
            return;
        }

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

        if (call.Entry.Streams) Say(FrameKind.Result, FrameFlags.None, call.Id, new BodyWriter().Int32(0).Span);
        else Say(FrameKind.Result, FrameFlags.None, call.Id, new BodyWriter().Int32(4).Int32(call.Entry.Result).Span);
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

        /// <summary>Bytes of its arguments that are still on their way.</summary>
        public int Missing { get; set; }

        public int Sent { get; set; }
    }
}
