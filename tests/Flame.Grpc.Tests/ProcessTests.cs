using Flame.Grpc;
using Xunit;

namespace Flame.Tests.Links;

/// <summary>Between real processes, where one can die.</summary>
public sealed class ProcessTests
{
    private static readonly TimeSpan s_promptly = TimeSpan.FromSeconds(60);

    private readonly GrpcCarrier _carrier = new();

    private static CancellationToken Patience => new CancellationTokenSource(TimeSpan.FromMinutes(2)).Token;

    [Fact]
    public async Task A_process_that_dials_echoes_and_ends_when_the_parent_ends()
    {
        await using var listener = await _carrier.ListenAsync(Patience);
        using var peer = PeerProcess.Dial(listener.Endpoint, listener.CertificatePin!);
        var stream = await listener.AcceptAsync(Patience);
        listener.Admitted(stream);

        await EchoAsync(stream);
        await stream.DisposeAsync();

        Assert.Equal("ended", await peer.ReadLineAsync(Patience));
        Assert.Equal(0, await peer.ExitedAsync(Patience));
    }

    [Fact]
    public async Task A_killed_executor_ends_the_parents_stream_promptly()
    {
        await using var listener = await _carrier.ListenAsync(Patience);
        using var peer = PeerProcess.Dial(listener.Endpoint, listener.CertificatePin!);
        await using var stream = await listener.AcceptAsync(Patience);
        listener.Admitted(stream);
        await EchoAsync(stream);

        var reading = stream.ReadAsync(new byte[16], Patience).AsTask();
        peer.Kill();

        await Assert.ThrowsAsync<IOException>(() => reading.WaitAsync(s_promptly, Patience));
    }

    [Fact]
    public async Task A_killed_executor_fails_the_parents_writes()
    {
        await using var listener = await _carrier.ListenAsync(Patience);
        using var peer = PeerProcess.Dial(listener.Endpoint, listener.CertificatePin!);
        await using var stream = await listener.AcceptAsync(Patience);
        listener.Admitted(stream);
        await EchoAsync(stream);

        peer.Kill();

        await Assert.ThrowsAsync<IOException>(() => WriteWithoutEndAsync(stream).WaitAsync(s_promptly, Patience));
    }

    [Fact]
    public async Task A_killed_parent_ends_the_executors_stream_promptly()
    {
        using var peer = PeerProcess.Listen();
        await using var stream = await DialAsync(peer);
        await EchoAsync(stream);

        var reading = stream.ReadAsync(new byte[16], Patience).AsTask();
        peer.Kill();

        await Assert.ThrowsAsync<IOException>(() => reading.WaitAsync(s_promptly, Patience));
    }

    [Fact]
    public async Task A_killed_parent_fails_the_executors_writes()
    {
        using var peer = PeerProcess.Listen();
        await using var stream = await DialAsync(peer);
        await EchoAsync(stream);

        peer.Kill();

        await Assert.ThrowsAsync<IOException>(() => WriteWithoutEndAsync(stream).WaitAsync(s_promptly, Patience));
    }

    [Fact]
    public async Task An_executor_that_closes_leaves_a_parent_that_can_end()
    {
        using var peer = PeerProcess.Listen();
        var stream = await DialAsync(peer);
        await EchoAsync(stream);

        await stream.DisposeAsync();

        Assert.Equal("ended", await peer.ReadLineAsync(Patience));
        Assert.Equal(0, await peer.ExitedAsync(Patience));
    }

    [Fact]
    public async Task A_listener_leaves_signals_to_the_application()
    {
        using var peer = PeerProcess.Listen();
        await using var stream = await DialAsync(peer);

        await peer.TerminateAsync(Patience);

        // 128 + SIGTERM: the default action, in a program that handles no signal itself.
        Assert.Equal(143, await peer.ExitedAsync(Patience));
    }

    [Fact]
    public async Task An_executor_with_a_framed_link_has_loaded_neither_gRPC_nor_HTTP()
    {
        await using var listener = await _carrier.ListenAsync(Patience);
        using var peer = PeerProcess.Dial(listener.Endpoint, listener.CertificatePin!);
        var stream = await listener.AcceptAsync(Patience);
        listener.Admitted(stream);
        await EchoAsync(stream);

        await stream.DisposeAsync();

        await HasLoadedNeitherAsync(peer);
    }

    [Fact]
    public async Task A_parent_whose_links_are_framed_has_loaded_neither_gRPC_nor_HTTP()
    {
        using var peer = PeerProcess.Listen();
        var stream = await DialAsync(peer);
        await EchoAsync(stream);

        await stream.DisposeAsync();

        await HasLoadedNeitherAsync(peer);
    }

    private static async Task HasLoadedNeitherAsync(PeerProcess peer)
    {
        Assert.Equal("ended", await peer.ReadLineAsync(Patience));
        var loaded = (await peer.ReadLineAsync(Patience))!.Split(' ');
        Assert.Contains("Flame.Grpc", loaded);
        Assert.Contains("System.Net.Security", loaded);
        string[] needless = ["Grpc.", "System.Net.Http", "Microsoft.AspNetCore"];
        Assert.DoesNotContain(loaded, name => needless.Any(start => name.StartsWith(start, StringComparison.Ordinal)));
    }

    private async Task<Stream> DialAsync(PeerProcess peer)
    {
        var line = (await peer.ReadLineAsync(Patience))!.Split(' ');
        return await _carrier.DialAsync(line[0], line[1], Patience);
    }

    private static async Task EchoAsync(Stream stream)
    {
        var sent = new byte[200_000];
        Random.Shared.NextBytes(sent);
        var received = new byte[sent.Length];

        var writing = stream.WriteAsync(sent, Patience);
        await stream.ReadExactlyAsync(received, Patience);
        await writing;

        Assert.Equal(sent, received);
    }

    private static async Task WriteWithoutEndAsync(Stream stream)
    {
        while (true) await stream.WriteAsync(new byte[64 * 1024], Patience);
    }
}
