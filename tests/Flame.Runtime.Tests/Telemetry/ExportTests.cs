using Flame.Links;
using Flame.Telemetry;
using Flame.Wire;
using Xunit;

namespace Flame.Runtime.Tests.Telemetry;

/// <summary>Exports on their way from an executor to its parent.</summary>
public sealed class ExportTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1_000)]
    [InlineData(40_000)]
    [InlineData(LinkExports.MostWaiting - 1)]
    public async Task Export_of_any_size_arrives_whole(int size)
    {
        var request = new byte[size];
        Random.Shared.NextBytes(request);
        using var wire = new MemoryStream();
        var exports = new PlainExports();
        var sender = new FrameSender(wire, static e => Assert.Fail(e.Message));
        exports.SendTo(sender);
        Assert.True(exports.TrySend(ExportSignal.Metrics, request));
        Assert.True(size > 40_000 || exports.TrySend(ExportSignal.Traces, request));
        await sender.WhenWritten();
        var arrived = await ReceiveAsync(wire);
        ExportSignal[] signals = size <= 40_000 ? [ExportSignal.Metrics, ExportSignal.Traces] : [ExportSignal.Metrics];
        Assert.Equal(signals, arrived.Select(one => one.Signal).Order().Reverse());
        Assert.All(arrived, one => Assert.Equal(request, one.Request));
    }

    [Fact]
    public void Parent_that_takes_nothing_costs_an_executor_no_more_than_its_bound()
    {
        var exports = new PlainExports();
        exports.SendTo(new FrameSender(new StuckStream(), static _ => { }));
        var taken = 0;
        while (exports.TrySend(ExportSignal.Traces, new byte[20_000]))
        {
            taken++;
            Assert.InRange(taken * 20_000, 0, 3 * LinkExports.MostWaiting);
        }

        Assert.Equal(1, exports.Dropped);
        var large = new PlainExports();
        large.SendTo(new FrameSender(new StuckStream(), static _ => { }));
        Assert.True(large.TrySend(ExportSignal.Traces, new byte[700_000]));
        Assert.False(large.TrySend(ExportSignal.Traces, new byte[700_000]));
        Assert.False(large.TrySend(ExportSignal.Traces, new byte[LinkExports.MostWaiting]));
        Assert.Equal(2, large.Dropped);
    }

    [Fact]
    public void Executor_without_a_link_drops()
    {
        var exports = new PlainExports();
        Assert.False(exports.TrySend(ExportSignal.Traces, new byte[1]));
        Assert.Equal(1, exports.Dropped);
    }

    [Fact]
    public void What_no_executor_of_ours_sends_breaks_the_protocol()
    {
        Assert.Throws<WireException>(() => Inbox(out _).Take(Frame(1), Announced(LinkExports.MostWaiting + 1, 1)));
        Assert.Throws<WireException>(() => Inbox(out _).Take(Frame(1), Announced(0)));
        Assert.Throws<WireException>(() => Inbox(out _).Take(Frame(1), Announced(-1)));
        Assert.Throws<WireException>(() => Inbox(out _).Take(Frame(1), Announced(1, 3)));
        Assert.Throws<WireException>(() => Inbox(out _).Take(Frame(1, FrameFlags.Continuation), [1]));
        var inbox = Inbox(out _);
        inbox.Take(Frame(1), Announced(700_000, 1));
        Assert.Throws<WireException>(() => inbox.Take(Frame(2), Announced(700_000, 1)));
        Assert.Throws<WireException>(() => inbox.Take(Frame(1), Announced(100, 1)));
        Assert.Throws<WireException>(() => inbox.Take(Frame(1, FrameFlags.Continuation), new byte[700_001]));
    }

    private static ExportInbox Inbox(out List<(ExportSignal Signal, byte[] Request)> arrived)
    {
        var all = arrived = [];
        return new ExportInbox((signal, request) => all.Add((signal, request)));
    }

    private static FrameHeader Frame(ulong number, FrameFlags flags = FrameFlags.None) => new(0, FrameKind.Export, flags, number);

    private static byte[] Announced(int total, params byte[] first) => [.. new BodyWriter().Int32(total).Span, .. first];

    private static async Task<List<(ExportSignal Signal, byte[] Request)>> ReceiveAsync(MemoryStream wire)
    {
        wire.Position = 0;
        var inbox = Inbox(out var arrived);
        var reader = new FrameReader(wire);
        while (reader.Filled(await reader.FillAsync(CancellationToken.None)))
        {
            while (reader.TryRead(out var header, out var body)) inbox.Take(header, body);
        }

        return arrived;
    }

    private sealed class PlainExports : LinkExports
    {
        public override void Start(IServiceProvider services)
        {
        }

        public override Task FlushAsync() => Task.CompletedTask;
    }

    /// <summary>Its writes never end.</summary>
    private sealed class StuckStream : MemoryStream
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => new(new TaskCompletionSource().Task);
    }
}
