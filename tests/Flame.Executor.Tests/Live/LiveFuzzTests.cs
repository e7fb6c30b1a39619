using CsCheck;
using Flame.Executor.Tests.Links;
using Flame.Wire;

namespace Flame.Executor.Tests.Live;

/// <summary>Whatever comes on the channels of a call is handled, ignored, or loses the link; nothing else happens and nobody hangs.</summary>
public sealed class LiveFuzzTests
{
    // Mostly what could be meant: kinds that have channels, channels that exist, bodies that begin well.
    // Not NotStarted: the call would be placed again, with an executor that nobody plays.
    private static readonly Gen<byte[]> s_body = Gen.OneOf(
        Gen.Byte.Array[0, 60],
        Gen.Select(Gen.Int[0, 70_000], Gen.Int[0, 40_000]).Select((total, sent) => WireEnd.Begin(total, new byte[Math.Min(total, sent)])),
        Gen.Int[1, 200].Select(BitConverter.GetBytes),
        AnyOf(1, 2, 3, 5, 6, 7, 8, 9).Select(code => new FailureBody((FailureCode)code, $"{code}", "m", "s").Encode().ToArray()));

    private static readonly Gen<(FrameKind Kind, FrameFlags Flags, ushort Channel, byte[] Body)[]> s_frames = Gen.Select(
        AnyOf(FrameKind.Item, FrameKind.Item, FrameKind.Item, FrameKind.Credit, FrameKind.Credit, FrameKind.Result, FrameKind.Failure, FrameKind.Cancel, FrameKind.Ping),
        AnyOf(FrameFlags.None, FrameFlags.None, FrameFlags.Continuation),
        Gen.UShort[0, 6],
        s_body).Array[1, 12];

    [Fact]
    public Task Parent_outlives_whatever_comes_for_what_it_lent() =>
        s_frames.SampleAsync(
            async frames =>
            {
                await using var pool = ScriptedPool.Start(Carriers.Pipe);
                var source = new Source<int>(i => i);
                var call = WireWork.MixAsync(0, new Told<int>(), source.Items(), TestStream.Of(1_000_000), new TestStream { OnWrite = _ => default }, null);
                var executor = await pool.Backend.NextAsync();
                var wire = await executor.ConnectAsync();
                var id = (await wire.NextAsync(FrameKind.Call)).Call;
                executor.Exit("fuzzed");
                var answers = DrainAsync(wire);
                try
                {
                    foreach (var (kind, flags, channel, body) in frames) await wire.SendAsync(kind, id, body, flags, channel);
                }
                catch (IOException)
                {
                    // It had enough of them.
                }

                await wire.DisposeAsync();
                await answers.Patiently();
                _ = await Record.ExceptionAsync(() => call.Patiently());
                Assert.True(call.IsCompleted);
                if (source.HasBegun) await source.Left.Patiently();
            },
            iter: 500,
            threads: 1);

    [Fact]
    public Task Executor_outlives_whatever_comes_for_what_it_borrowed() =>
        s_frames.SampleAsync(
            async frames =>
            {
                await using var parent = await ScriptedParent.StartAsync(Carriers.Pipe);
                var gate = WireWork.NewGate();
                WireWork.GateOf(gate).Open();
                await parent.CallAsync(1, "MixAsync", [.. BitConverter.GetBytes(gate), 1, 1, 3, 5, 0]);
                await parent.Wire.NextAsync(FrameKind.Credit);
                var answers = DrainAsync(parent.Wire);
                try
                {
                    foreach (var (kind, flags, channel, body) in frames) await parent.Wire.SendAsync(kind, 1, body, flags, channel);
                }
                catch (IOException)
                {
                    // It had enough of them.
                }

                await parent.Wire.DisposeAsync();
                await answers.Patiently();
                await parent.Ended.Patiently();
                await parent.Host.EndCallsAsync(TimeSpan.FromDays(1)).Patiently();
            },
            iter: 500,
            threads: 1);

    private static Gen<T> AnyOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    // An end that is not read fills up, and then nothing can be sent to it.
    private static async Task DrainAsync(WireEnd wire)
    {
        try
        {
            await wire.ClosedAsync();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException or InvalidOperationException)
        {
        }
    }
}
