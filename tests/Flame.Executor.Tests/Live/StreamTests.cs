using System.IO.Compression;
using System.IO.Pipelines;
using System.Text;
using Flame.Executor.Tests.InProcess;
using Flame.Executor.Tests.Links;
using Flame.Links;

namespace Flame.Executor.Tests.Live;

public abstract class StreamTests
{
    private protected abstract LinkCarrier Carrier { get; }

    [Theory]
    [InlineData(0, 100)]
    [InlineData(1, 100)]
    [InlineData(32 * 1024, 100_000)]
    [InlineData((64 * 1024) + 1, 1000)]
    [InlineData(5_000_003, 70_000)]
    public async Task What_the_method_reads_is_what_the_caller_has(int length, int bufferSize)
    {
        await using var pool = InProcessPool.Start(carrier: Carrier);
        var input = TestStream.Of(length);
        Assert.Equal(length, await Streaming.ReadAsync(input, bufferSize).Patiently());
        Assert.False(input.IsDisposed);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(10_000, 7)]
    [InlineData(5_000_003, 5_000_003)]
    [InlineData(3_000_000, 32 * 1024)]
    public async Task What_the_method_wrote_is_with_the_caller_when_the_call_ends(int length, int atOnce)
    {
        await using var pool = InProcessPool.Start(carrier: Carrier);
        var (at, isWhole) = (0L, true);
        var output = new TestStream
        {
            OnWrite = async bytes =>
            {
                if (at % 5 == 0) await Task.Yield();
                isWhole &= Pattern.Holds(bytes.Span, at);
                at += bytes.Length;
            },
        };
        await Streaming.WriteAsync(length, atOnce, output).Patiently();
        Assert.Equal((length, true, false), (at, isWhole, output.IsDisposed));
    }

    [Fact]
    public async Task Two_streams_go_side_by_side()
    {
        await using var pool = InProcessPool.Start(carrier: Carrier);
        var compressed = new MemoryStream();
        await Streaming.CompressAsync(TestStream.Of(20_000_000), compressed).Patiently();
        compressed.Position = 0;
        Assert.Equal(20_000_000, await Streaming.Local.ReadAsync(new GZipStream(compressed, CompressionMode.Decompress), 100_000));
    }

    [Fact]
    public async Task One_stream_goes_both_ways_and_may_be_used_without_awaits()
    {
        await using var pool = InProcessPool.Start(carrier: Carrier);
        var (there, back) = (new Pipe(), new Pipe());
        var conversation = new TestStream
        {
            OnRead = (memory, ct) => there.Reader.AsStream().ReadAsync(memory, ct),
            OnWrite = async bytes => await back.Writer.WriteAsync(bytes),
        };
        var call = Task.Run(() => Streaming.AnswerAsync(conversation));
        using var answers = new StreamReader(back.Reader.AsStream());
        foreach (var word in (string[])["one", "two", "three"])
        {
            await there.Writer.WriteAsync(Encoding.UTF8.GetBytes(word + "\n"));
            Assert.Equal(word.ToUpperInvariant(), await answers.ReadLineAsync().Patiently());
        }

        await there.Writer.WriteAsync(Encoding.UTF8.GetBytes("bye\n"));
        Assert.Equal(3, await call.Patiently());
        Assert.False(conversation.IsDisposed);
    }

    [Fact]
    public async Task Method_sees_what_its_callers_stream_can()
    {
        await using var pool = InProcessPool.Start(carrier: Carrier);
        Assert.Equal((true, true, false, 10), await Streaming.DescribeAsync(new MemoryStream(new byte[10])).Patiently());
        Assert.Equal((true, false, false, 10), await Streaming.DescribeAsync(new MemoryStream(new byte[10], writable: false)).Patiently());
        Assert.Equal((false, true, false, -1), await Streaming.DescribeAsync(new TestStream { OnWrite = _ => default }).Patiently());
        Assert.Equal((true, false, false, -1), await Streaming.DescribeAsync(TestStream.Of(3)).Patiently());
        Assert.Equal((false, false, false, 0), await Streaming.DescribeAsync(null).Patiently());
    }

    [Fact]
    public async Task Flush_waits_until_the_callers_stream_has_all_and_is_flushed()
    {
        await using var pool = InProcessPool.Start(o => (o.Max, o.MaxConcurrency) = (1, 4), Carrier);
        var slow = new TaskCompletionSource();
        var taken = 0;
        var output = new TestStream
        {
            OnWrite = async bytes =>
            {
                await slow.Task;
                taken += bytes.Length;
            },
        };
        var call = Streaming.FlushAsync(100_000, "flush", pool.Gates, output, InProcessPool.Patience);
        await pool.Gates["flush/written"].Entered;
        pool.Gates["flush/written"].Open();
        for (var trip = 0; trip < 20; trip++) Assert.Single(await Work.AppendAsync([]).Patiently());
        Assert.False(pool.Gates["flush"].HasEntered);

        slow.SetResult();
        await pool.Gates["flush"].Entered;
        Assert.Equal((100_000, 1), (taken, output.Flushes));
        pool.Gates["flush"].Open();
        await call.Patiently();
    }

    [Fact]
    public async Task Slow_caller_holds_the_writer_back()
    {
        var flood = new Flood();
        await using var pool = InProcessPool.Start(o => (o.Max, o.MaxConcurrency) = (1, 4), Carrier, flood);
        var slow = new TaskCompletionSource();
        var thrown = new IOException("the disk is full");
        var output = new TestStream
        {
            OnWrite = async _ =>
            {
                await slow.Task;
                throw thrown;
            },
        };
        var call = Streaming.FloodAsync(flood, output);
        while (flood.Written < 64 * 10_000) await Task.Yield();
        for (var trip = 0; trip < 50; trip++) Assert.Single(await Work.AppendAsync([]).Patiently());
        Assert.Equal(64 * 10_000, flood.Written);

        // What the stream throws ends the call as it is, and the method is stopped where it waits.
        slow.SetResult();
        Assert.Same(thrown, await Assert.ThrowsAsync<IOException>(() => call.Patiently()));
        Assert.IsType<OperationCanceledException>(await flood.EndedBy.Task.Patiently());
        await pool.UntilAsync(stats => stats.Running == 0);
    }

    [Fact]
    public async Task What_the_callers_stream_throws_when_read_comes_back_as_it_was()
    {
        await using var pool = InProcessPool.Start(carrier: Carrier);
        var thrown = new EndOfStreamException("the tape is torn");
        var (at, input) = (0, TestStream.Of(100_000));
        var torn = new TestStream { OnRead = (memory, ct) => at++ < 3 ? input.OnRead!(memory, ct) : throw thrown };
        Assert.Same(thrown, await Assert.ThrowsAsync<EndOfStreamException>(() => Streaming.ReadAsync(torn, 1000).Patiently()));
    }

    [Fact]
    public async Task Method_that_reads_a_little_leaves_the_rest()
    {
        await using var pool = InProcessPool.Start(carrier: Carrier);
        var (ahead, left) = (new TaskCompletionSource(), new TaskCompletionSource());
        var first = true;
        var input = new TestStream
        {
            OnRead = async (memory, ct) =>
            {
                if (!first)
                {
                    await using var stop = ct.Register(() => left.TrySetResult());
                    ahead.TrySetResult();
                    await left.Task;
                    ct.ThrowIfCancellationRequested();
                }

                first = false;
                Pattern.Fill(memory.Span, 0);
                return memory.Length;
            },
        };
        var call = Streaming.ReadSomeAsync(1000, false, "some", pool.Gates, input, InProcessPool.Patience);
        await ahead.Task.Patiently();
        pool.Gates["some"].Open();
        Assert.Equal(1000, await call.Patiently());
        Assert.True(left.Task.IsCompleted);
    }

    [Fact]
    public async Task Cancelled_copy_ends_at_once_on_both_sides()
    {
        await using var pool = InProcessPool.Start(carrier: Carrier);
        using var cancel = new CancellationTokenSource();
        var written = 0L;
        var output = new TestStream
        {
            OnWrite = bytes =>
            {
                if ((written += bytes.Length) > 2_000_000) cancel.Cancel();
                return default;
            },
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Streaming.CopyAsync(TestStream.Of(long.MaxValue), output, cancel.Token).Patiently());
        await pool.UntilAsync(stats => stats.Running == 0);
    }

    [Fact]
    public async Task Lost_executor_ends_a_copy()
    {
        await using var pool = InProcessPool.Start(carrier: Carrier);
        var lose = new TaskCompletionSource();
        var written = 0L;
        var output = new TestStream
        {
            OnWrite = bytes =>
            {
                if ((written += bytes.Length) > 2_000_000) lose.TrySetResult();
                return default;
            },
        };
        var call = Streaming.CopyAsync(TestStream.Of(long.MaxValue), output);
        await lose.Task.Patiently();
        pool.Backend.Lose("test/1");
        await Assert.ThrowsAsync<ExecutorLostException>(() => call.Patiently());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Idempotent_call_runs_again_only_while_its_stream_is_untouched(bool isUntouched)
    {
        await using var pool = InProcessPool.Start(carrier: Carrier);
        var call = Streaming.ReadSomeAsync(5, isUntouched, "again", pool.Gates, TestStream.Of(1_000_000), InProcessPool.Patience);
        await pool.Gates["again"].Entered;
        pool.Backend.Lose("test/1");
        await pool.UntilAsync(stats => stats.Count == 0);
        pool.Gates["again"].Open();
        pool.Time.Advance(TimeSpan.FromSeconds(1));
        if (isUntouched) Assert.Equal(5, await call.Patiently());
        else await Assert.ThrowsAsync<ExecutorLostException>(() => call.Patiently());
    }

    [Fact]
    public async Task Stream_refuses_what_it_cannot_and_all_when_it_is_disposed()
    {
        await using var pool = InProcessPool.Start(carrier: Carrier);
        var (reads, writes) = (TestStream.Of(10), new TestStream { OnWrite = _ => default });
        Assert.Equal(
            "NotSupportedException NotSupportedException NotSupportedException NotSupportedException ObjectDisposedException ObjectDisposedException",
            await Streaming.MisuseAsync(reads, writes).Patiently());
        Assert.False(reads.IsDisposed || writes.IsDisposed);
    }
}

public sealed class StreamsOverUnixTests : StreamTests
{
    private protected override LinkCarrier Carrier { get; } = Carriers.Unix;

    [Fact]
    public async Task Gigabyte_goes_up_and_down_with_little_of_it_under_way()
    {
        const long Length = 1L << 30;
        await using var pool = InProcessPool.Start(carrier: Carrier);
        var source = TestStream.Of(Length);
        var (read, written, most, isWhole) = (0L, 0L, 0L, true);
        var input = new TestStream
        {
            OnRead = async (memory, ct) =>
            {
                var count = await source.ReadAsync(memory, ct);
                Interlocked.Add(ref read, count);
                return count;
            },
        };
        var output = new TestStream
        {
            OnWrite = bytes =>
            {
                isWhole &= Pattern.Holds(bytes.Span, written);
                written += bytes.Length;
                most = Math.Max(most, Interlocked.Read(ref read) - written);
                return default;
            },
        };
        await Streaming.CopyAsync(input, output).Patiently();
        TestContext.Current.TestOutputHelper!.WriteLine($"{most / 1024} KiB under way at most");
        Assert.Equal((Length, true), (written, isWhole));

        // The credit of both directions, and what the copy holds.
        Assert.InRange(most, 0, 2 * 1024 * 1024);
    }
}

public sealed class StreamsOverTcpTests : StreamTests
{
    private protected override LinkCarrier Carrier { get; } = Carriers.Tcp;
}

public sealed class StreamsOverGrpcTests : StreamTests
{
    private protected override LinkCarrier Carrier { get; } = Carriers.Grpc;
}

public sealed class StreamsOverPipeTests : StreamTests
{
    private protected override LinkCarrier Carrier { get; } = Carriers.Pipe;
}
