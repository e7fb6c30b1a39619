using System.Text;
using Flame.Links;
using Xunit;

namespace Flame.Tests.Links;

/// <summary>What every carrier promises to what is above it.</summary>
public abstract class CarrierTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private protected abstract LinkCarrier Carrier { get; }

    private protected virtual bool IsEncrypted => false;

    private protected static CancellationToken Patience => new CancellationTokenSource(s_patience).Token;

    [Fact]
    public async Task Endpoints_start_with_the_scheme()
    {
        await using var listener = await Carrier.ListenAsync(Patience);

        Assert.StartsWith(Carrier.Scheme + ":", listener.Endpoint, StringComparison.Ordinal);
        Assert.Equal(IsEncrypted, listener.CertificatePin is not null);
    }

    [Fact]
    public async Task Bytes_travel_both_ways()
    {
        await using var pair = await ConnectAsync();

        await pair.Executor.WriteAsync("hello"u8.ToArray(), Patience);
        Assert.Equal("hello", await ReadTextAsync(pair.Parent, 5));
        await pair.Parent.WriteAsync("back"u8.ToArray(), Patience);
        Assert.Equal("back", await ReadTextAsync(pair.Executor, 4));
    }

    [Fact]
    public async Task A_large_transfer_arrives_whole_while_the_other_way_is_busy_too()
    {
        await using var pair = await ConnectAsync();
        var sent = new byte[32 * 1024 * 1024];
        new Random(1).NextBytes(sent);

        var up = pair.Executor.WriteAsync(sent, Patience).AsTask();
        var down = pair.Parent.WriteAsync(sent, Patience).AsTask();
        var received = await Task.WhenAll(ReadExactlyAsync(pair.Parent, sent.Length), ReadExactlyAsync(pair.Executor, sent.Length));
        await Task.WhenAll(up, down);

        Assert.True(received[0].AsSpan().SequenceEqual(sent));
        Assert.True(received[1].AsSpan().SequenceEqual(sent));
    }

    [Fact]
    public async Task A_closed_end_is_the_end_of_file_behind_what_it_wrote()
    {
        await using var pair = await ConnectAsync();

        await pair.Executor.WriteAsync("last"u8.ToArray(), Patience);
        await pair.Executor.DisposeAsync();

        Assert.Equal("last", await ReadTextAsync(pair.Parent, 4));
        Assert.Equal(0, await pair.Parent.ReadAsync(new byte[16], Patience));
    }

    [Fact]
    public async Task A_closed_end_wakes_the_other_ends_read()
    {
        await using var pair = await ConnectAsync();

        var reading = pair.Executor.ReadAsync(new byte[16], Patience).AsTask();
        Assert.False(reading.IsCompleted);
        await pair.Parent.DisposeAsync();

        Assert.Equal(0, await reading);
    }

    [Fact]
    public async Task Writing_to_a_closed_end_fails_as_input_or_output_does()
    {
        await using var pair = await ConnectAsync();
        await pair.Parent.DisposeAsync();

        await Assert.ThrowsAsync<IOException>(async () =>
        {
            // A network notices late: the first writes may still find room in its buffers.
            for (var i = 0; i < 1000; i++)
                await pair.Executor.WriteAsync(new byte[64 * 1024], Patience);
        });
    }

    [Fact]
    public async Task A_read_can_be_cancelled_and_the_connection_used_on()
    {
        await using var pair = await ConnectAsync();
        using var cancel = new CancellationTokenSource();

        var reading = pair.Parent.ReadAsync(new byte[16], cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);

        await pair.Executor.WriteAsync("on"u8.ToArray(), Patience);
        Assert.Equal("on", await ReadTextAsync(pair.Parent, 2));
    }

    [Fact]
    public async Task Closing_an_end_ends_its_own_read()
    {
        await using var pair = await ConnectAsync();

        var reading = pair.Parent.ReadAsync(new byte[16], CancellationToken.None).AsTask();
        await pair.Parent.DisposeAsync();

        var end = await Record.ExceptionAsync(() => reading.WaitAsync(Patience));
        Assert.True(end is null or IOException or ObjectDisposedException or OperationCanceledException, end?.ToString());
        Assert.False(Patience.IsCancellationRequested);
        Assert.True(reading.IsCompleted);
    }

    [Fact]
    public async Task Accepting_ends_with_its_token()
    {
        await using var listener = await Carrier.ListenAsync(Patience);
        using var cancel = new CancellationTokenSource();

        var accepting = listener.AcceptAsync(cancel.Token).AsTask();
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => accepting);
    }

    [Fact]
    public async Task Accepting_ends_with_its_listener()
    {
        var listener = await Carrier.ListenAsync(Patience);

        var accepting = listener.AcceptAsync(CancellationToken.None).AsTask();
        await listener.DisposeAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => accepting);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await listener.AcceptAsync(CancellationToken.None));
        await listener.DisposeAsync();
    }

    [Fact]
    public async Task Connections_do_not_hear_each_other()
    {
        await using var listener = await Carrier.ListenAsync(Patience);
        await using var first = await ConnectAsync(listener);
        await using var second = await ConnectAsync(listener);

        await second.Executor.WriteAsync("2"u8.ToArray(), Patience);
        await first.Executor.WriteAsync("1"u8.ToArray(), Patience);
        await first.Executor.DisposeAsync();

        Assert.Equal("2", await ReadTextAsync(second.Parent, 1));
        Assert.Equal("1", await ReadTextAsync(first.Parent, 1));
        await second.Parent.WriteAsync("3"u8.ToArray(), Patience);
        Assert.Equal("3", await ReadTextAsync(second.Executor, 1));
    }

    [Fact]
    public async Task Connections_outlive_their_listener()
    {
        var listener = await Carrier.ListenAsync(Patience);
        await using var pair = await ConnectAsync(listener);
        await listener.DisposeAsync();

        await pair.Executor.WriteAsync("still"u8.ToArray(), Patience);
        Assert.Equal("still", await ReadTextAsync(pair.Parent, 5));
    }

    [Fact]
    public async Task A_hundred_dials_at_once_are_all_accepted()
    {
        await using var listener = await Carrier.ListenAsync(Patience);

        var dialled = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Carrier.DialAsync(listener.Endpoint, listener.CertificatePin, Patience)));
        for (var i = 0; i < dialled.Length; i++)
            await (await listener.AcceptAsync(Patience)).DisposeAsync();

        foreach (var stream in dialled)
            await stream.DisposeAsync();
    }

    private protected async Task<Pair> ConnectAsync()
    {
        await using var listener = await Carrier.ListenAsync(Patience);
        return await ConnectAsync(listener);
    }

    private protected static async Task<byte[]> ReadExactlyAsync(Stream stream, int count)
    {
        var bytes = new byte[count];
        await stream.ReadExactlyAsync(bytes, Patience);
        return bytes;
    }

    private protected static async Task<string> ReadTextAsync(Stream stream, int count) => Encoding.UTF8.GetString(await ReadExactlyAsync(stream, count));

    private protected async Task<Pair> ConnectAsync(LinkListener listener)
    {
        var accepting = listener.AcceptAsync(Patience).AsTask();
        var executor = await Carrier.DialAsync(listener.Endpoint, listener.CertificatePin, Patience);
        var parent = await accepting;

        // A stranger would not be borne for as long as these take on a busy machine.
        listener.Admitted(parent);
        return new Pair(parent, executor);
    }

    private protected sealed record Pair(Stream Parent, Stream Executor) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Parent.DisposeAsync();
            await Executor.DisposeAsync();
        }
    }
}

/// <summary>What those promise besides whose executors dial the parent.</summary>
public abstract class DiallingCarrierTests : CarrierTests
{
    [Fact]
    public async Task Dialling_where_nobody_listens_names_the_endpoint()
    {
        var listener = await Carrier.ListenAsync(Patience);
        await listener.DisposeAsync();

        var error = await Assert.ThrowsAsync<IOException>(() => Carrier.DialAsync(listener.Endpoint, listener.CertificatePin, Patience));

        Assert.Contains(listener.Endpoint, error.Message, StringComparison.Ordinal);
    }
}
