using CsCheck;
using Flame.Links;
using Flame.Wire;

namespace Flame.Executor.Tests.Links;

/// <summary>Bytes that are not the protocol are a <see cref="WireException"/>, and cost no more than they are.</summary>
public sealed class FuzzTests
{
    private static readonly Gen<byte[]> s_bytes = Gen.Byte.Array[0, 300];
    private static readonly Gen<(int Kind, int At, byte Value)[]> s_damage = Gen.Select(Gen.Int[0, 2], Gen.Int[0, 400], Gen.Byte).Array[0, 6];

    private static readonly Gen<Frame[]> s_frames = Gen.Select(Gen.Int[1, 10], Gen.Int[0, 7], Gen.ULong, Gen.OneOf(s_bytes, Gen.Byte.Array[0, 100_000]), Gen.OneOf(Gen.Const((ushort)0), Gen.UShort[0, 4], Gen.UShort))
        .Select((kind, flags, call, body, channel) => new Frame((FrameKind)kind, (FrameFlags)flags, call, body, channel)).Array[0, 6];

    public static TheoryData<string> Bodies => ["executor", "parent", "failure", "log"];

    [Fact]
    public Task Frames_come_out_as_they_went_in_however_they_are_cut() =>
        Gen.Select(s_frames, Gen.Int[1, 5000]).SampleAsync(
            async (frames, cut) =>
            {
                var read = await ReadAsync(frames.SelectMany(f => WireEnd.Bytes(f.Kind, f.Call, f.Body, f.Flags, f.Channel)).ToArray(), cut);
                Assert.Equal(frames.Length, read.Count);
                for (var i = 0; i < frames.Length; i++)
                {
                    Assert.Equal((frames[i].Kind, frames[i].Flags, frames[i].Call, frames[i].Channel), (read[i].Kind, read[i].Flags, read[i].Call, read[i].Channel));
                    Assert.Equal(frames[i].Body, read[i].Body);
                }
            },
            iter: 300,
            threads: 1);

    [Fact]
    public Task Damaged_frames_are_read_or_refused() =>
        Gen.Select(s_frames, s_damage, Gen.Int[1, 5000]).SampleAsync(
            async (frames, damage, cut) =>
            {
                try
                {
                    var read = await ReadAsync(Damage(frames.SelectMany(f => WireEnd.Bytes(f.Kind, f.Call, f.Body, f.Flags, f.Channel)).ToArray(), damage), cut);
                    Assert.All(read, frame => Assert.InRange((int)frame.Kind, 1, 10));
                }
                catch (WireException)
                {
                }
            },
            iter: 2000,
            threads: 1);

    [Theory]
    [MemberData(nameof(Bodies))]
    public void Damaged_bodies_are_read_or_refused(string body) =>
        Gen.Select(s_bytes, s_damage, Gen.Bool).Sample(
            (bytes, damage, isValid) =>
            {
                try
                {
                    Decode(body, isValid ? Damage(Valid(body), damage) : bytes);
                }
                catch (WireException)
                {
                }
            },
            iter: 20_000,
            threads: 2);

    [Theory]
    [MemberData(nameof(Bodies))]
    public void Cut_bodies_are_refused(string body)
    {
        var valid = Valid(body);
        Decode(body, valid);
        for (var length = 0; length < valid.Length; length++) Assert.Throws<WireException>(() => Decode(body, valid[..length]));
    }

    [Theory]
    [MemberData(nameof(Bodies))]
    public void Announced_lengths_cost_nothing(string body)
    {
        var valid = Valid(body);
        for (var at = 0; at + 4 <= valid.Length; at++)
        {
            foreach (var length in (int[])[int.MaxValue, int.MinValue, -1, 0x40000000])
            {
                byte[] bytes = [.. valid];
                BitConverter.TryWriteBytes(bytes.AsSpan(at), length);
                var before = GC.GetAllocatedBytesForCurrentThread();
                try
                {
                    Decode(body, bytes);
                }
                catch (WireException)
                {
                }

                Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
            }
        }
    }

    [Fact]
    public void Announced_payload_costs_what_has_come_of_it()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var payload = new Incoming(FrameKind.Result, int.MaxValue / 2, new byte[FrameHeader.ChunkSize]);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2 * 1024 * 1024);
        for (var piece = 1; piece < 64; piece++) payload.Add(new byte[FrameHeader.ChunkSize], out _);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16 * 1024 * 1024);
        payload.Release();
    }

    [Fact]
    public void Payload_comes_out_as_it_went_in_however_it_is_cut() =>
        Gen.Select(Gen.Int[1, 6_000_000], Gen.Int[1, 200_000]).Sample(
            (total, cut) =>
            {
                var bytes = new byte[total];
                new Random(total).NextBytes(bytes);
                var first = Math.Min(cut, total);
                var payload = new Incoming(FrameKind.Item, total, bytes.AsSpan(0, first));
                var paid = 0;
                for (var at = first; at < total; at += cut)
                {
                    Assert.False(payload.Whole);
                    payload.Add(bytes.AsSpan(at, Math.Min(cut, total - at)), out var grant);
                    paid += grant;
                }

                Assert.True(payload.Whole);
                Assert.True(payload.Span.SequenceEqual(bytes));
                Assert.Throws<WireException>(() => payload.Add([1], out _));
                payload.Release();
            },
            iter: 60,
            threads: 1);

    [Fact]
    public Task Parent_outlives_whatever_an_executor_sends() =>
        Gen.Select(s_frames, s_damage).SampleAsync(
            async (frames, damage) =>
            {
                await using var pool = ScriptedPool.Start(Carriers.Pipe);
                var call = WireWork.EchoAsync([1]);
                var executor = await pool.Backend.NextAsync();
                var wire = await executor.ConnectAsync();
                var id = (await wire.NextAsync(FrameKind.Call)).Call;
                executor.Exit("fuzzed");
                try
                {
                    await wire.SendBytesAsync(Damage(frames.SelectMany(f => WireEnd.Bytes(f.Kind, f.Call % 2 == 0 ? id : f.Call, f.Body, f.Flags, f.Channel)).ToArray(), damage));
                }
                catch (IOException)
                {
                    // It had enough of them.
                }

                await wire.DisposeAsync();
                try
                {
                    await call.Patiently();
                }
                catch (FlameException)
                {
                }
            },
            iter: 300,
            threads: 1);

    [Fact]
    public Task Executor_outlives_whatever_its_parent_sends() =>
        Gen.Select(s_frames, s_damage).SampleAsync(
            async (frames, damage) =>
            {
                await using var parent = await ScriptedParent.StartAsync(Carriers.Pipe);
                var echo = BitConverter.GetBytes(WireWork.Method("EchoAsync").Id);
                var sending = parent.Wire.SendBytesAsync(Damage(
                    frames.SelectMany(f => WireEnd.Bytes(f.Kind, f.Call, f.Kind == FrameKind.Call && f.Call % 2 == 0 ? [.. echo, .. f.Body] : f.Body, f.Flags, f.Channel)).ToArray(), damage));

                // One that had enough of them reads no more.
                await Task.WhenAny(sending, parent.Ended).Patiently();
                await parent.Wire.DisposeAsync();
                await parent.Ended.Patiently();
                await parent.Host.EndCallsAsync(TimeSpan.FromDays(1)).Patiently();
            },
            iter: 300,
            threads: 1);

    private static void Decode(string body, byte[] bytes)
    {
        switch (body)
        {
            case "executor":
                ExecutorHello.Decode(bytes);
                break;
            case "parent":
                ParentHello.Decode(bytes);
                break;
            case "failure":
                FailureBody.Decode(bytes);
                break;
            default:
                LogBody.Decode(bytes);
                break;
        }
    }

    private static byte[] Valid(string body) => body switch
    {
        "executor" => new ExecutorHello("test/1", "token", "build", 7, ["A 1", "B 2"]).Encode().ToArray(),
        "parent" => ScriptedParent.Rules.Encode().ToArray(),
        "failure" => new FailureBody(FailureCode.Threw, "App.Boom", "it is broken", "at App.Main").Encode().ToArray(),
        _ => new LogBody(2, 1, 17, "App", "hello", "none").Encode().ToArray(),
    };

    private static byte[] Damage(byte[] bytes, (int Kind, int At, byte Value)[] damage)
    {
        List<byte> damaged = [.. bytes];
        foreach (var (kind, at, value) in damage)
        {
            if (damaged.Count == 0) break;
            if (kind == 0) damaged[at % damaged.Count] = value;
            else if (kind == 1) damaged.RemoveRange(at % damaged.Count, Math.Min(value, damaged.Count - (at % damaged.Count)));
            else damaged.Insert(at % damaged.Count, value);
        }

        return [.. damaged];
    }

    private static async Task<List<Frame>> ReadAsync(byte[] bytes, int cut)
    {
        var reader = new FrameReader(new CutStream(bytes, cut));
        var frames = new List<Frame>();
        do
        {
            while (reader.TryRead(out var header, out var body)) frames.Add(new Frame(header.Kind, header.Flags, header.Call, body.ToArray(), header.Channel));
        }
        while (reader.Filled(await reader.FillAsync(CancellationToken.None)));

        return frames;
    }
}

/// <summary>Gives its bytes in pieces of one size.</summary>
internal sealed class CutStream(byte[] bytes, int cut) : MemoryStream(bytes)
{
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        base.ReadAsync(buffer[..Math.Min(cut, buffer.Length)], cancellationToken);
}
