using CsCheck;
using Flame.Links;
using Flame.Wire;

namespace Flame.Executor.Tests.Links;

/// <summary>Whatever meets at the parent (results, late frames, cancels, deadlines, loss), a caller has one outcome, its own, and its slot comes back.</summary>
public abstract class ParentRaceTests
{
    private const int Calls = 4;

    private static readonly Gen<(int Act, int Pick)[]> s_steps = Gen.Select(Gen.Int[0, 11], Gen.Int[0, Calls - 1]).Array[5, 40];

    private protected abstract LinkCarrier Carrier { get; }

    private protected virtual int Races => 25;

    [Fact]
    public Task Every_caller_has_one_outcome_and_it_is_its_own() =>
        Gen.Select(s_steps, Gen.Int[0, 4]).SampleAsync((steps, end) => RaceAsync(steps, isLost: end == 0), iter: Races, threads: 1);

    private async Task RaceAsync((int Act, int Pick)[] steps, bool isLost)
    {
        await using var pool = ScriptedPool.Start(Carrier, o => o.Timeout = TimeSpan.FromSeconds(1));
        var warm = WireWork.EchoAsync([1]);
        var executor = await pool.Backend.NextAsync();
        await using var wire = await executor.ConnectAsync();
        await wire.SendAsync(FrameKind.Result, (await wire.NextAsync(FrameKind.Call)).Call, WireEnd.Begin(4, [0, 0, 0, 0]));
        await warm.Patiently();

        var racing = new Dictionary<int, (Task<byte[]> Task, CancellationTokenSource Cancel, ulong Id)>();
        var answered = new HashSet<ulong>();
        var begun = new HashSet<ulong>();
        var logs = 0;
        foreach (var (act, pick) in steps)
        {
            if (act <= 2)
            {
                if (racing.ContainsKey(pick)) continue;
                var cancel = new CancellationTokenSource();
                var task = WireWork.HoldAsync(pick, 0, [], cancel.Token);
                Frame sent;
                do
                {
                    sent = await wire.NextAsync(FrameKind.Call);
                }
                while (BitConverter.ToInt32(sent.Body, 20) != pick);
                racing[pick] = (task, cancel, sent.Call);
                continue;
            }

            if (!racing.TryGetValue(pick, out var call)) continue;
            switch (act)
            {
                case 3 or 4:
                    // As a late frame too, when it was answered before.
                    if (begun.Contains(call.Id) && !answered.Contains(call.Id)) break;
                    await wire.SendBytesAsync(Result(call.Id, pick));
                    answered.Add(call.Id);
                    break;
                case 5:
                    await wire.SendAsync(FrameKind.Failure, call.Id, new FailureBody(FailureCode.Threw, "App.Boom", $"{pick}", "at App").Encode().ToArray());
                    answered.Add(call.Id);
                    break;
                case 6:
                    if (!answered.Contains(call.Id) && begun.Add(call.Id)) await wire.SendAsync(FrameKind.Result, call.Id, WireEnd.Begin(8, [4, 0, 0, 0]));
                    break;
                case 7:
                    if (!answered.Contains(call.Id) && begun.Contains(call.Id) && answered.Add(call.Id)) await wire.SendAsync(FrameKind.Result, call.Id, BitConverter.GetBytes(pick), FrameFlags.Continuation);
                    break;
                case 8 or 9:
                    await call.Cancel.CancelAsync();
                    break;
                default:
                    // Whatever was said is heard before the clock goes on.
                    await wire.SendAsync(FrameKind.Log, body: new LogBody(2, 0, 0, "", $"mark {++logs}.", "").Encode().ToArray());
                    await Patience.UntilAsync(() => pool.Log.Has($"mark {logs}."));
                    pool.Time.Advance(TimeSpan.FromMilliseconds(600));
                    break;
            }
        }

        if (isLost)
        {
            executor.Exit("burnt down");
            await wire.DisposeAsync();
        }
        else
        {
            foreach (var (pick, call) in racing.Where(c => !answered.Contains(c.Value.Id)))
            {
                if (begun.Contains(call.Id)) await wire.SendAsync(FrameKind.Result, call.Id, BitConverter.GetBytes(pick), FrameFlags.Continuation);
                else await wire.SendBytesAsync(Result(call.Id, pick));
            }
        }

        foreach (var (pick, call) in racing) await CheckAsync(pick, call.Task, isLost, call.Cancel.Token);
        await Patience.UntilAsync(() => pool.Stats.Running == 0);
        if (isLost) await Patience.UntilAsync(() => pool.Stats.Count == 0);
        else Assert.Equal(1, pool.Stats.Ready);
        foreach (var (_, call) in racing) call.Cancel.Dispose();
    }

    private static byte[] Result(ulong call, int pick) => WireEnd.Bytes(FrameKind.Result, call, WireEnd.Begin(8, [4, 0, 0, 0, .. BitConverter.GetBytes(pick)]));

    private static async Task CheckAsync(int pick, Task<byte[]> call, bool isLost, CancellationToken cancelled)
    {
        try
        {
            Assert.Equal(BitConverter.GetBytes(pick), await call.Patiently());
        }
        catch (OperationCanceledException e)
        {
            Assert.Equal(cancelled, e.CancellationToken);
            Assert.True(cancelled.IsCancellationRequested);
        }
        catch (CallTimeoutException e)
        {
            Assert.Equal(CallPhase.Execution, e.Phase);
        }
        catch (RemoteException e)
        {
            Assert.Equal($"{pick}", e.RemoteMessage);
        }
        catch (ExecutorLostException e)
        {
            Assert.True(isLost);
            Assert.Contains("burnt down", e.Reason, StringComparison.Ordinal);
        }
    }
}

public sealed class ParentRaceOverUnixTests : ParentRaceTests
{
    private protected override LinkCarrier Carrier { get; } = Carriers.Unix;
}

public sealed class ParentRaceOverTcpTests : ParentRaceTests
{
    private protected override LinkCarrier Carrier { get; } = Carriers.Tcp;
}

public sealed class ParentRaceOverGrpcTests : ParentRaceTests
{
    private protected override LinkCarrier Carrier { get; } = Carriers.Grpc;
}

public sealed class ParentRaceOverPipeTests : ParentRaceTests
{
    private protected override LinkCarrier Carrier { get; } = Carriers.Pipe;

    private protected override int Races => 400;
}
