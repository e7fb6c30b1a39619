using Flame.Links;
using Flame.Wire;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Flame.Tests.Links;

public sealed class BrokenLinkTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly HeardEvents _events = new();
    private readonly DeafStream _stream = new();

    public void Dispose() => _stream.Dispose();

    [Fact]
    public async Task What_an_executor_said_last_is_read_although_a_write_to_it_has_failed()
    {
        var link = Link();
        var reading = link.RunAsync(CancellationToken.None);
        link.Drain();
        Assert.Empty(_events.Heard);

        _stream.Arrives(Frame(LogBody.Printed("the last words", isError: true).Encode()));
        _stream.Arrives([]);
        await reading.WaitAsync(TimeSpan.FromSeconds(60));

        Assert.Equal(["the last words", "the executor closed the link"], _events.Heard);
    }

    [Fact]
    public async Task Link_that_tells_only_its_writer_that_it_broke_is_given_up()
    {
        var link = Link();
        var reading = link.RunAsync(CancellationToken.None);
        link.Drain();

        // The link hears of it on a thread of the pool, and only then its wait begins.
        while (!reading.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(reading, Task.Delay(10));
        }

        await reading;

        Assert.Equal(["the link broke: Broken pipe"], _events.Heard);
    }

    private ExecutorLink Link() => new("pool/1", _stream, new FrameReader(_stream), _time, TimeSpan.FromHours(1), TimeSpan.FromSeconds(5), _events);

    private static byte[] Frame(ReadOnlySpan<byte> body)
    {
        var frame = new byte[FrameHeader.Size + body.Length];
        new FrameHeader(body.Length, FrameKind.Log, FrameFlags.None, 0).Write(frame);
        body.CopyTo(frame.AsSpan(FrameHeader.Size));
        return frame;
    }

    /// <summary>Its other end has closed: what is written fails, and what came before can still be read.</summary>
    private sealed class DeafStream : LinkStream
    {
        private readonly System.Threading.Channels.Channel<byte[]> _arriving = System.Threading.Channels.Channel.CreateUnbounded<byte[]>();
        private readonly CancellationTokenSource _disposed = new();

        public void Arrives(byte[] bytes) => _arriving.Writer.TryWrite(bytes);

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var bytes = await _arriving.Reader.ReadAsync(_disposed.Token);
            bytes.CopyTo(buffer);
            return bytes.Length;
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => throw new IOException("Broken pipe");

        protected override void Dispose(bool disposing)
        {
            _disposed.Cancel();
            base.Dispose(disposing);
        }
    }

    private sealed class HeardEvents : LinkEvents
    {
        private readonly List<string> _heard = [];

        public string[] Heard
        {
            get
            {
                lock (_heard) return [.. _heard];
            }
        }

        public override void Ready(ExecutorLink link) => Add("ready");

        public override void Draining(ExecutorLink link, string because) => Add(because);

        public override void Lost(ExecutorLink link, LinkLoss loss, PendingCall[] calls) => Add(loss.Because);

        public override void Logged(ExecutorLink link, LogBody log) => Add(log.Message);

        public override void Ending()
        {
        }

        public override Exception Translate(ExecutorLink link, PendingCall call, FailureBody failure) => new InvalidOperationException();

        private void Add(string what)
        {
            lock (_heard) _heard.Add(what);
        }
    }
}
