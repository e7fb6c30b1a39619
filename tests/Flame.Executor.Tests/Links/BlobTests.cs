using CsCheck;
using Flame.CompilerServices;
using Flame.Wire;

namespace Flame.Executor.Tests.Links;

/// <summary>Large arrays go from where they are to where they stay, behind the other bytes of their payload.</summary>
public sealed class BlobTests
{
    private const int Megabyte = 1024 * 1024;

    [Fact]
    public Task Arrays_come_out_as_they_went_in_however_they_are_cut() =>
        Gen.Select(Gen.Int[0, 100_000], Gen.Int[BlobTable.LeastBytes, 400_000].Array[1, 4], Gen.Int[1, 300_000], Gen.Bool).SampleAsync(
            async (head, lengths, cut, inPlace) =>
            {
                var random = new Random(head);
                var payload = new PayloadBuffer();
                var outer = payload.BeginWriting(lends: true);
                random.NextBytes(payload.GetSpan(head)[..head]);
                payload.Advance(head);
                var blobs = lengths.Select(length => Bytes(random, length)).ToArray();
                Assert.All(blobs, blob => Assert.True(PayloadBuffer.TryLend(blob)));
                PayloadBuffer.EndWriting(outer);
                Assert.Equal(head + lengths.Sum(), payload.Length);

                var arrived = await ArriveAsync(await SendAsync(payload), cut, inPlace);
                Assert.True(arrived.Span.SequenceEqual(payload.Memory.Span));
                Assert.Equal(blobs.Length, arrived.Blobs!.Length);
                for (var i = 0; i < blobs.Length; i++) Assert.True(blobs[i].AsSpan().SequenceEqual(arrived.Blobs[i]), $"{i}");
                arrived.Release();
            },
            iter: 100,
            threads: 1);

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    [InlineData(2, 100_000)]
    [InlineData(1, -1)]
    [InlineData(1, BlobTable.LeastBytes - 1)]
    [InlineData(1, 200_001)]
    [InlineData(2, 100_000, 100_001)]
    [InlineData(2, int.MaxValue, int.MaxValue)]
    public void Table_that_does_not_fit_its_payload_is_refused(params int[] table)
    {
        byte[] body = [.. table.SelectMany(BitConverter.GetBytes)];
        Assert.Throws<WireException>(() =>
        {
            var fields = new BodyReader(body);
            BlobTable.Read(ref fields, FrameFlags.Blobs, total: 200_000);
        });
    }

    [Fact]
    public void Array_that_is_only_announced_costs_nothing_until_it_begins_to_come()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var payload = new Incoming(FrameKind.Result, 1900 * Megabyte, new byte[3], [1000 * Megabyte, (900 * Megabyte) - 4]);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
        payload.Add(new byte[2], out _);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2 * Megabyte);
        for (var piece = 0; piece < 8; piece++) payload.Add(new byte[FrameHeader.LentSize], out _);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 20 * Megabyte);
        payload.Release();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Array_that_did_not_come_or_is_no_array_of_its_values_fails_its_call_and_nothing_else(bool came)
    {
        var blob = new byte[came ? BlobTable.LeastBytes + 1 : 0];
        await using var pool = ScriptedPool.Start(Carriers.Pipe);
        var bad = WireWork.NumbersAsync([1]);
        await using var wire = await (await pool.Backend.NextAsync()).ConnectAsync();
        var call = (await wire.NextAsync(FrameKind.Call)).Call;
        byte[] head = [.. BitConverter.GetBytes(sizeof(int) + blob.Length), .. came ? [.. BitConverter.GetBytes(1), .. BitConverter.GetBytes(blob.Length)] : Array.Empty<byte>(), .. BitConverter.GetBytes(LentArrays.Mark)];
        await wire.SendAsync(FrameKind.Result, call, head, came ? FrameFlags.Blobs : FrameFlags.None);
        if (came) await wire.SendAsync(FrameKind.Result, call, blob, FrameFlags.Continuation);
        await Assert.ThrowsAsync<PayloadException>(() => bad.Patiently());

        var good = WireWork.EchoAsync([1]);
        await wire.SendAsync(FrameKind.Result, (await wire.NextAsync(FrameKind.Call)).Call, WireEnd.Begin(5, [1, 0, 0, 0, 9]));
        Assert.Equal([9], await good.Patiently());
    }

    [Fact]
    public async Task Cancelled_caller_may_change_its_array_for_no_method_begins_with_it()
    {
        await using var pool = ScriptedPool.Start(Carriers.Unix);
        using var cancel = new CancellationTokenSource();
        var bytes = new byte[4 * Megabyte];
        var call = WireWork.HoldAsync(0, 0, bytes, cancel.Token);
        await using var wire = await (await pool.Backend.NextAsync()).ConnectAsync();
        var id = (await wire.NextAsync(FrameKind.Call)).Call;
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.Patiently());
        bytes.AsSpan().Fill(1);

        var got = 0;
        Frame frame;
        while ((frame = (await wire.ReadAsync())!).Kind == FrameKind.Call) got += frame.PieceLength;
        Assert.Equal((FrameKind.Cancel, id), (frame.Kind, frame.Call));
        Assert.InRange(got, 0, bytes.Length - FrameHeader.ChunkSize);

        // Nor does any come for credit that was on its way.
        await wire.CreditAsync(id, 8);
        var next = WireWork.EchoAsync([1]);
        Assert.NotEqual(id, (await wire.NextAsync(FrameKind.Call)).Call);
        await wire.SendAsync(FrameKind.Failure, id, new FailureBody(FailureCode.Cancelled, "", "", "").Encode().ToArray());
        Assert.False(next.IsCompleted);
    }

    [Theory]
    [InlineData(1)]
    [InlineData((BlobTable.LeastBytes / 4) - 1)]
    [InlineData(BlobTable.LeastBytes / 4)]
    [InlineData(1_000_003)]
    public async Task Arrays_of_any_values_travel_side_by_side(int count)
    {
        await using var pool = InProcess.InProcessPool.Start(carrier: Carriers.Unix);
        var numbers = Enumerable.Range(0, count).Select(i => (double)i).ToArray();
        var flags = Enumerable.Range(0, count).Select(i => i % 3 == 0).ToArray();
        byte[][] lists = [new byte[count], [], [7], new byte[2 * count]];
        var (back, signs, all, none) = await WireWork.MixedAsync(numbers, flags, lists, null).Patiently();
        Assert.Equal(numbers.Select(n => -n), back);
        Assert.Equal(flags, signs);
        Assert.Equal(lists.Select(list => list.Length), all.Select(list => list.Length));
        Assert.Equal([7], all[2]);
        Assert.Null(none);
    }

    private static byte[] Bytes(Random random, int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>All that a link writes for the payload, whose receiver pays back at once.</summary>
    private static async Task<byte[]> SendAsync(PayloadBuffer payload)
    {
        var written = new MemoryStream();
        var sender = new FrameSender(written, e => throw e);
        var outgoing = new Outgoing(1);
        bool flush;
        lock (sender.Gate)
        {
            sender.AppendPayload(FrameKind.Result, 1, payload, outgoing);
            flush = sender.Leave();
        }

        if (flush) sender.Flush();
        while (true)
        {
            await sender.WhenWritten().Patiently();
            lock (sender.Gate)
            {
                if (outgoing.AllSent) return written.ToArray();
                sender.AddCredit(outgoing, Outgoing.InitialCredit - outgoing.Credit);
                flush = sender.Leave();
            }

            if (flush) sender.Flush();
        }
    }

    private static async Task<Incoming> ArriveAsync(byte[] bytes, int cut, bool inPlace)
    {
        var reader = new FrameReader(new CutStream(bytes, cut));
        Incoming? payload = null;
        do
        {
            while (reader.TryRead(out var header, out var body))
            {
                if (payload is null)
                {
                    var fields = new BodyReader(body);
                    var total = fields.Int32();
                    var lengths = BlobTable.Read(ref fields, header.Flags, total);
                    payload = new Incoming(header.Kind, total, fields.Rest, lengths);
                }
                else
                {
                    payload.Add(body, out _);
                }
            }

            if (inPlace && payload is not null && reader.TryForesee(out var next) && payload.Room(next.Length) is { IsEmpty: false } room) reader.ReadTo(next, room);
        }
        while (reader.Filled(await reader.FillAsync(CancellationToken.None)));

        Assert.True(payload!.Whole);
        return payload;
    }
}
