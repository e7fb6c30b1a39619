using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;

namespace Flame.Kubernetes.Tests.Units;

public sealed class PortForwardStreamTests : IAsyncLifetime
{
    private static readonly byte[] s_port = [0x50, 0x00];

    private WebSocket _server = null!;
    private PortForwardStream _stream = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var client = new TcpClient();
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint, Ct);
        var accepted = await listener.AcceptTcpClientAsync(Ct);
        _server = WebSocket.CreateFromStream(accepted.GetStream(), isServer: true, null, Timeout.InfiniteTimeSpan);
        _stream = new PortForwardStream(WebSocket.CreateFromStream(client.GetStream(), isServer: false, null, Timeout.InfiniteTimeSpan));
    }

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        _server.Dispose();
    }

    [Fact]
    public async Task Bytes_of_the_data_channel_arrive_without_channel_and_port()
    {
        await SendAsync(0, s_port);
        await SendAsync(1, s_port);
        await SendAsync(0, "one"u8.ToArray());
        await SendAsync(0, "two"u8.ToArray());
        Assert.Equal("onetwo", await ReadAsync(6));
    }

    [Fact]
    public async Task A_port_and_data_may_share_a_message()
    {
        await SendAsync(0, [.. s_port, .. "data"u8]);
        Assert.Equal("data", await ReadAsync(4));
    }

    [Fact]
    public async Task Fragments_may_be_cut_anywhere_even_through_the_port()
    {
        await PartAsync([], last: false);
        await PartAsync([0], last: false);
        await PartAsync([0x50], last: false);
        await PartAsync([0x00, (byte)'a'], last: false);
        await PartAsync([], last: false);
        await PartAsync([(byte)'b'], last: true);
        await PartAsync([0, (byte)'c'], last: true);
        Assert.Equal("abc", await ReadAsync(3));
    }

    [Fact]
    public async Task A_port_may_come_in_two_messages()
    {
        await SendAsync(0, [0x50]);
        await SendAsync(0, [0x00]);
        await SendAsync(0, "x"u8.ToArray());
        Assert.Equal("x", await ReadAsync(1));
    }

    [Fact]
    public async Task Large_data_travels_whole_both_ways()
    {
        var bytes = new byte[300_000];
        Random.Shared.NextBytes(bytes);
        await SendAsync(0, s_port);
        var sending = SendAsync(0, bytes);
        var received = new byte[bytes.Length];
        await _stream.ReadExactlyAsync(received, Ct);
        await sending;
        Assert.Equal(bytes, received);

        var writing = _stream.WriteAsync(bytes, Ct).AsTask();
        var back = new MemoryStream();
        var buffer = new byte[64 * 1024];
        var begins = true;
        while (back.Length < bytes.Length)
        {
            var part = await _server.ReceiveAsync(buffer, Ct);
            if (begins) Assert.Equal(0, buffer[0]);
            back.Write(buffer, begins ? 1 : 0, part.Count - (begins ? 1 : 0));
            begins = part.EndOfMessage;
        }

        await writing;
        Assert.Equal(bytes, back.ToArray());
    }

    [Fact]
    public async Task A_word_on_the_error_channel_breaks_the_stream_with_that_word()
    {
        await SendAsync(0, s_port);
        await SendAsync(1, s_port);
        await SendAsync(0, "ab"u8.ToArray());
        Assert.Equal("ab", await ReadAsync(2));
        await PartAsync([1, .. "connection "u8], last: false);
        await PartAsync("refused"u8.ToArray(), last: true);
        var error = await Assert.ThrowsAsync<IOException>(() => ReadAsync(1));
        Assert.Equal("The forwarded port failed: connection refused", error.Message);
    }

    [Fact]
    public async Task Channels_that_nobody_asked_for_are_passed_over()
    {
        await SendAsync(0, s_port);
        await SendAsync(7, "noise"u8.ToArray());
        await SendAsync(0, "x"u8.ToArray());
        Assert.Equal("x", await ReadAsync(1));
    }

    [Fact]
    public async Task A_close_is_the_end()
    {
        await SendAsync(0, [.. s_port, .. "x"u8]);
        await _server.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Ct);
        Assert.Equal("x", await ReadAsync(1));
        Assert.Equal(0, await _stream.ReadAsync(new byte[1], Ct));
        Assert.Equal(0, await _stream.ReadAsync(new byte[1], Ct));
    }

    [Fact]
    public async Task A_cut_connection_breaks_the_stream()
    {
        _server.Abort();
        var error = await Assert.ThrowsAsync<IOException>(() => ReadAsync(1));
        Assert.StartsWith("The forwarded port broke: ", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<IOException>(async () =>
        {
            while (true) await _stream.WriteAsync(new byte[100_000], Ct);
        });
    }

    [Fact]
    public async Task Disposal_tells_the_other_end()
    {
        await _stream.DisposeAsync();
        Assert.Equal(WebSocketMessageType.Close, (await _server.ReceiveAsync(new byte[8], Ct)).MessageType);
    }

    private Task SendAsync(byte channel, byte[] bytes) => PartAsync([channel, .. bytes], last: true);

    private Task PartAsync(byte[] bytes, bool last) => _server.SendAsync(bytes, WebSocketMessageType.Binary, last, Ct);

    private async Task<string> ReadAsync(int count)
    {
        var bytes = new byte[count];
        await _stream.ReadExactlyAsync(bytes, Ct).AsTask().Patiently();
        return Encoding.UTF8.GetString(bytes);
    }
}
