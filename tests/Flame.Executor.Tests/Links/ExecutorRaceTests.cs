using System.Collections.Concurrent;
using System.Threading.Channels;
using CsCheck;
using Flame.Links;
using Flame.Wire;

namespace Flame.Executor.Tests.Links;

/// <summary>Whatever meets on an executor (results, cancels, deadlines, drains, stuck methods, loss), a call has one terminal frame.</summary>
public abstract class ExecutorRaceTests
{
    private const int Calls = 4;

    private static readonly Gen<(int Act, int Pick)[]> s_steps = Gen.Select(Gen.Int[0, 11], Gen.Int[0, Calls - 1]).Array[5, 40];

    private protected abstract LinkCarrier Carrier { get; }

    private protected virtual int Races => 25;

    [Fact]
    public Task Every_call_has_one_terminal_frame() =>
        Gen.Select(s_steps, Gen.Int[0, 4]).SampleAsync((steps, end) => RaceAsync(steps, isLost: end == 0), iter: Races, threads: 1);

    private async Task RaceAsync((int Act, int Pick)[] steps, bool isLost)
    {
        await using var parent = await ScriptedParent.StartAsync(Carrier);
        var answers = new Answers(parent.Wire);
        var calls = Enumerable.Range(0, Calls).Select(i => new RacingCall(parent, i)).ToArray();
        var drained = false;
        foreach (var (act, pick) in steps)
        {
            var call = calls[pick];
            switch (act)
            {
                case 0 or 1 or 2 when !drained:
                    await call.BeginAsync();
                    break;
                case 3 or 4:
                    await call.ContinueAsync();
                    break;
                case 5:
                    await call.CancelAsync();
                    break;
                case 6 or 7:
                    call.Open();
                    break;
                case 8:
                    await answers.PingAsync();
                    parent.Time.Advance(TimeSpan.FromMilliseconds(600));
                    break;
                case 9 when pick == 0:
                    await answers.PingAsync();
                    parent.Time.Advance(TimeSpan.FromSeconds(5));
                    break;
                case 10 when pick == 0:
                    parent.Host.Drain("a race");
                    break;
                case 11 when pick == 0 && !drained:
                    drained = true;
                    await parent.Wire.SendAsync(FrameKind.Drain);
                    break;
            }
        }

        if (isLost)
        {
            await parent.Wire.DisposeAsync();
            Assert.Contains(await parent.Ended.Patiently(), (LinkEnd[])[LinkEnd.ParentGone, LinkEnd.Drained, LinkEnd.Stuck]);
            foreach (var call in calls) call.Open();
            await parent.Host.EndCallsAsync(TimeSpan.FromDays(1)).Patiently();
            Assert.All(calls, call => Assert.InRange(answers.Of(call.Id).Terminal, 0, call.HasBegun ? 1 : 0));
            return;
        }

        foreach (var call in calls) await call.EndAsync();
        if (!drained) await parent.Wire.SendAsync(FrameKind.Drain);
        Assert.NotEqual(LinkEnd.ParentGone, await parent.Ended.Patiently());
        var closed = parent.Host.CloseAsync();
        await answers.All.Patiently();
        await parent.Wire.DisposeAsync();
        await closed.Patiently();
        foreach (var call in calls)
        {
            var (terminal, missing) = answers.Of(call.Id);
            Assert.Equal((call.Id, call.HasBegun ? 1 : 0, 0), (call.Id, terminal, missing));
        }
    }

    /// <summary>A call as the parent sees it: its arguments go piece by piece.</summary>
    private sealed class RacingCall(ScriptedParent parent, int index)
    {
        private readonly int _gate = WireWork.NewGate();
        private byte[] _rest = [];

        public ulong Id => (ulong)index + 1;

        public bool HasBegun { get; private set; }

        public Task BeginAsync()
        {
            if (HasBegun) return Task.CompletedTask;
            HasBegun = true;

            // One ignores its token, one has large arguments, one a large result, one a deadline.
            var (method, arguments) = index == 0
                ? ("IgnoreAsync", BitConverter.GetBytes(_gate))
                : ("HoldAsync", WireWork.HoldArguments(_gate, index == 2 ? 3_000_000 : 0, index is 1 or 3 ? 100_000 : 0));
            _rest = arguments[Math.Min(arguments.Length, FrameHeader.ChunkSize)..];
            return parent.CallAsync(Id, method, arguments, index == 3 ? 1000 : -1);
        }

        public Task ContinueAsync()
        {
            if (_rest.Length == 0) return Task.CompletedTask;
            var piece = _rest[..Math.Min(_rest.Length, FrameHeader.ChunkSize)];
            _rest = _rest[piece.Length..];
            return parent.ContinueAsync(Id, piece);
        }

        public Task CancelAsync()
        {
            // A parent that cancelled sends no more pieces.
            if (!HasBegun) return Task.CompletedTask;
            _rest = [];
            return parent.Wire.SendAsync(FrameKind.Cancel, Id);
        }

        public void Open() => WireWork.GateOf(_gate).Open();

        public async Task EndAsync()
        {
            Open();
            while (_rest.Length > 0) await ContinueAsync();
        }
    }

    /// <summary>Takes every frame in, pays for large results, and counts.</summary>
    private sealed class Answers
    {
        private readonly ConcurrentDictionary<ulong, (int Terminal, int Missing)> _calls = new();
        private readonly Channel<bool> _pings = Channel.CreateUnbounded<bool>();
        private readonly WireEnd _wire;

        public Answers(WireEnd wire)
        {
            _wire = wire;
            All = CollectAsync();
        }

        public Task All { get; }

        public (int Terminal, int Missing) Of(ulong call) => _calls.GetValueOrDefault(call);

        public async Task PingAsync()
        {
            await _wire.SendAsync(FrameKind.Ping);
            await _pings.Reader.ReadAsync().AsTask().Patiently();
        }

        private async Task PayAsync(Frame frame)
        {
            try
            {
                await _wire.CreditAsync(frame.Call, Outgoing.Cost(frame.PieceLength));
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                // It had sent everything, and left.
            }
        }

        private async Task CollectAsync()
        {
            while (await _wire.ReadAsync() is { } frame)
            {
                // It is done, and waits for the parent to close.
                if (frame.Kind == FrameKind.Drain && (frame.Flags & FrameFlags.Reply) != 0) return;
                if (frame.Kind == FrameKind.Ping) _pings.Writer.TryWrite(true);
                if (frame.Kind is not (FrameKind.Result or FrameKind.Failure)) continue;
                var (terminal, missing) = Of(frame.Call);
                if (!frame.Continues) terminal++;
                if (frame.Kind == FrameKind.Result) missing += (frame.Continues ? 0 : frame.Total) - frame.PieceLength;
                _calls[frame.Call] = (terminal, missing);
                if (frame.Kind == FrameKind.Result && missing > 0) await PayAsync(frame);
            }
        }
    }
}

public sealed class ExecutorRaceOverUnixTests : ExecutorRaceTests
{
    private protected override LinkCarrier Carrier { get; } = Carriers.Unix;
}

public sealed class ExecutorRaceOverTcpTests : ExecutorRaceTests
{
    private protected override LinkCarrier Carrier { get; } = Carriers.Tcp;
}

public sealed class ExecutorRaceOverGrpcTests : ExecutorRaceTests
{
    private protected override LinkCarrier Carrier { get; } = Carriers.Grpc;
}

public sealed class ExecutorRaceOverPipeTests : ExecutorRaceTests
{
    private protected override LinkCarrier Carrier { get; } = Carriers.Pipe;

    private protected override int Races => 400;
}
