using Flame.Links;
using Xunit;

namespace Flame.Tests.Links;

public sealed class PipeCarrierTests : DiallingCarrierTests
{
    private protected override LinkCarrier Carrier { get; } = new PipeCarrier();

    [Fact]
    public async Task A_cut_connection_fails_reads_and_writes_of_both_ends()
    {
        await using var pair = await ConnectAsync();
        var reading = pair.Parent.ReadAsync(new byte[8]).AsTask();

        ((PipeEnd)pair.Executor).Connection.Cut();

        await Assert.ThrowsAsync<IOException>(() => reading);
        await Assert.ThrowsAsync<IOException>(async () => await pair.Executor.ReadExactlyAsync(new byte[8]));
        await Assert.ThrowsAsync<IOException>(async () => await pair.Executor.WriteAsync(new byte[8]));
    }

    [Fact]
    public async Task A_cut_connection_loses_what_was_under_way()
    {
        await using var pair = await ConnectAsync();
        await pair.Executor.WriteAsync("lost"u8.ToArray());

        ((PipeEnd)pair.Parent).Connection.Cut();

        await Assert.ThrowsAsync<IOException>(async () => await pair.Parent.ReadExactlyAsync(new byte[8]));
    }

    [Fact]
    public async Task A_frozen_connection_hangs_and_goes_on_where_it_was()
    {
        await using var pair = await ConnectAsync();
        var connection = ((PipeEnd)pair.Parent).Connection;
        await pair.Executor.WriteAsync("a"u8.ToArray());

        connection.Freeze();
        var reading = ReadTextAsync(pair.Parent, 2);
        var writing = pair.Executor.WriteAsync("b"u8.ToArray()).AsTask();
        Assert.False(reading.IsCompleted);
        Assert.False(writing.IsCompleted);
        connection.Thaw();

        await writing;
        Assert.Equal("ab", await reading);
    }

    [Fact]
    public async Task A_frozen_connection_can_be_closed()
    {
        await using var pair = await ConnectAsync();
        ((PipeEnd)pair.Parent).Connection.Freeze();

        var reading = pair.Parent.ReadAsync(new byte[8]).AsTask();
        await pair.Parent.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => reading);
    }

    [Fact]
    public async Task Every_connection_is_shown_to_whoever_asked()
    {
        List<PipeConnection> seen = [];
        var carrier = new PipeCarrier { Connected = seen.Add };
        await using var listener = await carrier.ListenAsync(CancellationToken.None);

        // An executor dials with a carrier of its own.
        await using var dialled = await new PipeCarrier().DialAsync(listener.Endpoint, null, CancellationToken.None);

        Assert.Same(dialled, Assert.Single(seen).ExecutorEnd);
    }
}
