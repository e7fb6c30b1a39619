using System.Diagnostics;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Flame.Grpc;
using Flame.Links;
using Xunit;

namespace Flame.Tests.Links;

/// <summary>What both ways between hosts promise: the TLS connection that is the link, and the gRPC stream.</summary>
public abstract class GrpcCarrierTests : DiallingCarrierTests
{
    private protected override LinkCarrier Carrier => new GrpcCarrier(new GrpcLinkOptions(), isGrpcOnly: IsGrpcOnly);

    private protected abstract bool IsGrpcOnly { get; }

    private protected override bool IsEncrypted => true;

    private GrpcCarrier With(GrpcLinkOptions options) => new(options, isGrpcOnly: IsGrpcOnly);

    [Fact]
    public async Task It_listens_on_loopback_unless_told_otherwise()
    {
        await using var listener = await Carrier.ListenAsync(Patience);

        Assert.StartsWith("https://127.0.0.1:", listener.Endpoint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Executors_are_given_the_host_that_they_can_reach()
    {
        var carrier = With(new GrpcLinkOptions { Address = IPAddress.Any, Hosts = { "localhost" } });
        await using var listener = await carrier.ListenAsync(Patience);
        await using var pair = await ConnectAsync(listener);

        Assert.StartsWith("https://localhost:", listener.Endpoint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_of_version_6_can_be_dialled()
    {
        var carrier = With(new GrpcLinkOptions { Address = IPAddress.IPv6Loopback });
        await using var listener = await carrier.ListenAsync(Patience);
        await using var pair = await ConnectAsync(listener);

        Assert.StartsWith("https://[::1]:", listener.Endpoint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_link_is_handed_over_where_its_executor_may_block_until_the_parent_has_answered()
    {
        await using var listener = await Carrier.ListenAsync(Patience);
        var stacks = new List<string>();
        for (var i = 0; i < 10; i++)
        {
            stacks.Add(await Carrier.DialAsync(listener.Endpoint, listener.CertificatePin, Patience).ContinueWith(
                dialled =>
                {
                    using var executor = dialled.GetAwaiter().GetResult();
                    return new StackTrace().ToString();
                },
                Patience, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default));
        }

        // Only then does the caller go on where the dial ended, as an executor's does.
        Assert.Contains(stacks, stack => stack.Contains("Flame.Grpc.LinkDialer", StringComparison.Ordinal));

        // What gRPC or HTTP still has to do on this thread would wait for the caller, and the answer may need it.
        Assert.All(stacks, stack => Assert.DoesNotContain("at Grpc.", stack, StringComparison.Ordinal));
        Assert.All(stacks, stack => Assert.DoesNotContain("at System.Net.", stack, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Executors_of_both_versions_reach_a_parent_that_listens_everywhere()
    {
        var carrier = With(new GrpcLinkOptions { Address = IPAddress.IPv6Any, Hosts = { "::1", "127.0.0.1" } });
        await using var listener = await carrier.ListenAsync(Patience);
        var endpoints = listener.EndpointsOf("main/1");
        var port = new Uri(listener.Endpoint).Port;

        Assert.Equal([$"https://[::1]:{port}", $"https://127.0.0.1:{port}"], endpoints);
        Assert.Equal(endpoints[0], listener.Endpoint);
        foreach (var endpoint in endpoints)
        {
            Assert.True(carrier.CanDial(endpoint));
            await using var executor = await carrier.DialAsync(endpoint, listener.CertificatePin, Patience);
            await using var parent = await listener.AcceptAsync(Patience);
            await executor.WriteAsync("hello"u8.ToArray(), Patience);
            Assert.Equal("hello", await ReadTextAsync(parent, 5));
        }
    }

    [Fact]
    public void All_hosts_are_in_the_certificate()
    {
        using var certificate = LinkCertificate.Create(["parent.example", "192.0.2.7", "2001:db8::7", "::1"], TimeProvider.System);

        var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().Single();
        Assert.Equal(["localhost", "parent.example"], names.EnumerateDnsNames());
        Assert.Equal(["127.0.0.1", "::1", "192.0.2.7", "2001:db8::7"], names.EnumerateIPAddresses().Select(a => a.ToString()));
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    public async Task To_listen_everywhere_needs_a_host_to_dial(string address)
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => With(new GrpcLinkOptions { Address = IPAddress.Parse(address) }).ListenAsync(Patience));

        Assert.Contains("Hosts", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sixty_four_mebibytes_arrive_whole_both_ways_at_once()
    {
        await using var pair = await ConnectAsync();
        var sent = new byte[64 * 1024 * 1024];
        new Random(7).NextBytes(sent);

        var writing = Task.WhenAll(WriteAsync(pair.Executor), WriteAsync(pair.Parent));
        var received = await Task.WhenAll(ReadExactlyAsync(pair.Parent, sent.Length), ReadExactlyAsync(pair.Executor, sent.Length));
        await writing;

        Assert.True(received[0].AsSpan().SequenceEqual(sent));
        Assert.True(received[1].AsSpan().SequenceEqual(sent));

        async Task WriteAsync(Stream stream)
        {
            for (var at = 0; at < sent.Length; at += 64 * 1024) await stream.WriteAsync(sent.AsMemory(at, 64 * 1024), Patience);
        }
    }

    [Theory]
    [InlineData(1, 64, 20_000)]
    [InlineData(1, 300_000, 300)]
    public async Task Writes_of_any_size_keep_their_order(int smallest, int largest, int count)
    {
        await using var pair = await ConnectAsync();
        var random = new Random(3);
        var runs = Enumerable.Range(0, count).Select(_ => random.Next(10) == 0 ? random.Next(smallest, largest) : random.Next(smallest, Math.Min(largest, 64))).ToArray();
        var sent = new byte[runs.Sum()];
        random.NextBytes(sent);

        var reading = ReadExactlyAsync(pair.Parent, sent.Length);
        var at = 0;
        var reused = new byte[largest];
        foreach (var run in runs)
        {
            // One buffer for all: a write that kept a reference to it would send the next run's bytes.
            sent.AsSpan(at, run).CopyTo(reused);
            await pair.Executor.WriteAsync(reused.AsMemory(0, run), Patience);
            at += run;
        }

        Assert.True((await reading).AsSpan().SequenceEqual(sent));
    }

    [Fact]
    public async Task A_cancelled_write_ends_at_once_arrives_whole_and_leaves_the_link_usable()
    {
        await using var pair = await ConnectAsync();
        var sent = new byte[64 * 1024];
        new Random(5).NextBytes(sent);

        // Nobody reads, so sooner or later a write waits.
        var count = 0L;
        ValueTask waiting;
        using var cancel = new CancellationTokenSource();
        while ((waiting = pair.Executor.WriteAsync(sent, cancel.Token)) is var write && await EndsSoonAsync(write)) count++;
        await cancel.CancelAsync();

        var rest = pair.Executor.WriteAsync("rest"u8.ToArray(), Patience).AsTask();
        for (var i = 0; i <= count; i++) Assert.Equal(sent, await ReadExactlyAsync(pair.Parent, sent.Length));
        Assert.Equal("rest", await ReadTextAsync(pair.Parent, 4));
        await rest;

        async Task<bool> EndsSoonAsync(ValueTask write)
        {
            var task = write.AsTask();
            if (await Task.WhenAny(task, Task.Delay(500)) == task) return true;
            await cancel.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => task);
            return false;
        }
    }

    [Fact]
    public async Task Closing_under_a_read_is_still_the_end_of_file_for_the_other_end()
    {
        await using var pair = await ConnectAsync();
        await pair.Parent.WriteAsync("last"u8.ToArray(), Patience);
        var reading = pair.Parent.ReadAsync(new byte[16], Patience).AsTask();

        await pair.Parent.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => reading);
        Assert.Equal("last", await ReadTextAsync(pair.Executor, 4));
        Assert.Equal(0, await pair.Executor.ReadAsync(new byte[16], Patience));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Closing_with_bytes_unread_takes_nothing_back_that_the_other_end_has_yet_to_read(bool isParent)
    {
        await using var pair = await ConnectAsync();
        var (closing, reading) = isParent ? (pair.Parent, pair.Executor) : (pair.Executor, pair.Parent);
        await reading.WriteAsync(new byte[50_000], Patience);
        Assert.Single(await ReadExactlyAsync(closing, 1));

        // More than the other end's system takes while nobody reads there, so that some of it is still on this side.
        var sent = new byte[256 * 1024];
        new Random(9).NextBytes(sent);
        await closing.WriteAsync(sent, Patience);

        await closing.DisposeAsync();

        Assert.Equal(sent, await ReadExactlyAsync(reading, sent.Length));
        Assert.Equal(0, await reading.ReadAsync(new byte[16], Patience));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Closing_under_a_write_that_hangs_ends_it(bool isParent)
    {
        await using var pair = await ConnectAsync();
        var stream = isParent ? pair.Parent : pair.Executor;
        var writing = stream.WriteAsync(new byte[64 * 1024 * 1024], Patience).AsTask();
        Assert.False(writing.IsCompleted);

        await stream.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => writing.WaitAsync(Patience));
    }

    [Fact]
    public async Task Disposing_without_waiting_ends_the_link_too()
    {
        await using var pair = await ConnectAsync();
        await pair.Executor.WriteAsync("last"u8.ToArray(), Patience);

        pair.Executor.Dispose();

        Assert.Equal("last", await ReadTextAsync(pair.Parent, 4));
        Assert.Equal(0, await pair.Parent.ReadAsync(new byte[16], Patience));
    }

    [Fact]
    public async Task A_connection_that_nobody_accepted_ends_with_the_listener()
    {
        var listener = await Carrier.ListenAsync(Patience);
        await using var stream = await Carrier.DialAsync(listener.Endpoint, listener.CertificatePin, Patience);

        await listener.DisposeAsync();

        Assert.Equal(0, await stream.ReadAsync(new byte[16], Patience));
    }
}

public sealed class FramedCarrierTests : GrpcCarrierTests
{
    private protected override bool IsGrpcOnly => false;
}

public sealed class GrpcStreamCarrierTests : GrpcCarrierTests
{
    private protected override bool IsGrpcOnly => true;
}
