using System.Buffers.Binary;
using System.IO.Compression;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Flame.Grpc;
using Flame.Links;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Flame.Tests.Links;

/// <summary>Who reaches the parent's port and is no executor: what he sends costs the parent little, and others nothing.</summary>
public abstract class HostileTests(bool isGrpcOnly) : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new();
    private GrpcCarrier _carrier = null!;
    private GrpcListener _listener = null!;

    private static CancellationToken Patience => new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token;

    private IPEndPoint Door => IPEndPoint.Parse(new Uri(_listener.Endpoint).Authority);

    public async ValueTask InitializeAsync()
    {
        _carrier = new GrpcCarrier(new GrpcLinkOptions(), _time, isGrpcOnly);
        _listener = (GrpcListener)await _carrier.ListenAsync(Patience);
    }

    public async ValueTask DisposeAsync()
    {
        await _listener.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    public static TheoryData<string> Stages => ["nothing", "TLS", "HTTP/2", "HTTP/2 that is kept alive"];

    [Theory]
    [MemberData(nameof(Stages))]
    public async Task One_who_never_gets_as_far_as_a_call_is_cut_off_in_time(string stage)
    {
        var fates = new List<RefusalKind>();
        _listener.CutOff = fates.Add;
        using var stranger = new TcpClient();
        await stranger.ConnectAsync(Door, Patience);
        Stream stream = stranger.GetStream();
        if (stage.StartsWith("HTTP/2", StringComparison.Ordinal)) stream = await PrefaceAsync(stream);
        await Strangers.UntilAsync(() => _listener.Strangers == 1);
        byte[] clientHello = [0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3, .. new byte[8]];
        foreach (var part in clientHello)
        {
            // A record of TLS that takes its time, and pings of HTTP/2: whoever sends is not silent, and gets no further.
            if (stage == "TLS") await stream.WriteAsync(new[] { part }, Patience);
            if (stage.EndsWith("alive", StringComparison.Ordinal)) await stream.WriteAsync(new byte[] { 0, 0, 8, 6, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8 }, Patience);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        _time.Advance(TimeSpan.FromSeconds(1));

        await Strangers.EndsAsync(stream);
        await Strangers.UntilAsync(() => _listener.Strangers == 0);
        Assert.All(fates, fate => Assert.Equal(RefusalKind.Late, fate));
        await AnExecutorComesInAsync();
    }

    [Fact]
    public async Task One_over_whom_an_executor_was_admitted_is_no_stranger_any_more()
    {
        await using var executor = await _carrier.DialAsync(_listener.Endpoint, _listener.CertificatePin, Patience);
        await using var parent = await _listener.AcceptAsync(Patience);
        Assert.Equal(1, _listener.Strangers);

        _listener.Admitted(parent);

        Assert.Equal(0, _listener.Strangers);
        _time.Advance(TimeSpan.FromHours(1));
        var strangers = new List<TcpClient>();
        for (var i = 0; i < 2 * Newcomers.Strangers; i++)
        {
            strangers.Add(new TcpClient());
            await strangers[^1].ConnectAsync(Door, Patience);
        }

        await Strangers.EndsAsync(strangers[0].GetStream());
        await EchoAsync(executor, parent);
        foreach (var stranger in strangers) stranger.Dispose();
    }

    [Fact]
    public async Task One_who_has_a_call_and_is_not_admitted_is_cut_off_too()
    {
        await using var stranger = await _carrier.DialAsync(_listener.Endpoint, _listener.CertificatePin, Patience);
        await using var parent = await _listener.AcceptAsync(Patience);

        _time.Advance(TimeSpan.FromSeconds(20));

        await Assert.ThrowsAnyAsync<IOException>(async () => await parent.ReadExactlyAsync(new byte[1], Patience));
        await Record.ExceptionAsync(() => Strangers.EndsAsync(stranger));
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")]
    [InlineData("SSH-2.0-OpenSSH_9.6\r\n")]
    [InlineData(null)]
    public async Task What_is_no_TLS_is_hung_up_on(string? said)
    {
        using var stranger = new TcpClient();
        await stranger.ConnectAsync(Door, Patience);
        await stranger.GetStream().WriteAsync(said is null ? RandomNumberGenerator.GetBytes(10_000) : Encoding.ASCII.GetBytes(said), Patience);

        await Strangers.EndsAsync(stranger.GetStream());
        await AnExecutorComesInAsync();
    }

    [Fact]
    public async Task HTTP_1_1_under_TLS_is_hung_up_on()
    {
        using var stranger = new TcpClient();
        await stranger.ConnectAsync(Door, Patience);
        var refused = await Record.ExceptionAsync(async () =>
        {
            await using var tls = await Strangers.TlsAsync(stranger.GetStream(), _listener, SslApplicationProtocol.Http11);
            await tls.WriteAsync("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray(), Patience);
            await Strangers.EndsAsync(tls);
        });

        Assert.True(refused is null or AuthenticationException or IOException, refused?.ToString());
        await AnExecutorComesInAsync();
    }

    [Theory]
    [InlineData(1, 200_000)]
    [InlineData(2_000, 10)]
    public async Task Lists_of_headers_without_measure_are_refused(int count, int size)
    {
        using var client = Client();
        using var request = Call(new ByteArrayContent([]));
        for (var i = 0; i < count; i++) request.Headers.TryAddWithoutValidation($"x-{i}", new string('x', size));

        var error = await Record.ExceptionAsync(async () => Assert.False((await client.SendAsync(request, Patience)).IsSuccessStatusCode));

        Assert.True(error is null or HttpRequestException, error?.ToString());
        await AnExecutorComesInAsync();
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    public async Task A_compressed_message_is_refused_and_not_inflated(string encoding)
    {
        // 256 MiB of nothing.
        using var packed = new MemoryStream();
        await using (Stream into = encoding == "gzip" ? new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true) : new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            for (var i = 0; i < 256; i++) await into.WriteAsync(new byte[1024 * 1024], Patience);
        }

        Assert.InRange(packed.Length, 1, LinkMessage.MaxSize);
        await RefusedAsync([1, .. Length(packed.Length), .. packed.ToArray()], encoding, "nsupported grpc-encoding");
    }

    [Fact]
    public Task A_message_that_announces_four_gigabytes_is_refused_at_once() => RefusedAsync([0, 0xff, 0xff, 0xff, 0xff], "identity", "");

    [Fact]
    public Task A_message_over_the_limit_is_refused_before_it_has_come() => RefusedAsync([0, .. Length(LinkMessage.MaxSize + 1)], "identity", "exceeds");

    [Theory]
    [InlineData("POST", "/flame.Link/Other")]
    [InlineData("POST", "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo")]
    [InlineData("POST", "/flame.Link/Connect/../../etc/passwd")]
    [InlineData("GET", "/flame.Link/Connect")]
    [InlineData("GET", "/")]
    public async Task There_is_one_method_and_nothing_else(string method, string path)
    {
        using var client = Client();
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        if (method == "POST") request.Content = new ByteArrayContent([]) { Headers = { { "Content-Type", "application/grpc" } } };

        using var response = await client.SendAsync(request, Patience);

        var isServed = response.IsSuccessStatusCode && (!response.Headers.TryGetValues("grpc-status", out var status) || status.Single() == "0");
        Assert.False(isServed, $"{response}");
        await AnExecutorComesInAsync();
    }

    /// <summary>Whoever gets as far as a call and sends this has no stream any more, which says why.</summary>
    private async Task RefusedAsync(byte[] body, string encoding, string words)
    {
        using var client = Client();
        using var request = Call(new ByteArrayContent(body));
        request.Headers.Add("grpc-encoding", encoding);
        var answered = client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Patience);
        await using (var parent = await _listener.AcceptAsync(Patience))
        {
            var error = await Assert.ThrowsAnyAsync<IOException>(async () => await parent.ReadExactlyAsync(new byte[1], Patience));
            Assert.Contains(words, error.Message, StringComparison.OrdinalIgnoreCase);
        }

        (await answered).Dispose();
        await AnExecutorComesInAsync();
    }

    private async Task AnExecutorComesInAsync()
    {
        await using var executor = await _carrier.DialAsync(_listener.Endpoint, _listener.CertificatePin, Patience);
        while (true)
        {
            // A call of the stranger's may stand in front of it.
            await using var parent = await _listener.AcceptAsync(Patience);
            try
            {
                await EchoAsync(executor, parent);
                return;
            }
            catch (IOException)
            {
            }
        }
    }

    private static async Task EchoAsync(Stream executor, Stream parent)
    {
        await executor.WriteAsync("hello"u8.ToArray(), Patience);
        var received = new byte[5];
        await parent.ReadExactlyAsync(received, Patience);
        Assert.Equal("hello"u8.ToArray(), received);
    }

    private HttpClient Client() => new(new SocketsHttpHandler
    {
        SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, certificate, _, _) => IsParent(certificate) },
    })
    {
        BaseAddress = new Uri(_listener.Endpoint),
    };

    private bool IsParent(X509Certificate? certificate) => LinkCertificate.IsPinned(certificate, LinkCertificate.Parse(_listener.CertificatePin));

    private static HttpRequestMessage Call(HttpContent body)
    {
        body.Headers.Add("Content-Type", "application/grpc");
        return new HttpRequestMessage(HttpMethod.Post, "/flame.Link/Connect") { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact, Content = body };
    }

    private async Task<Stream> PrefaceAsync(Stream stream)
    {
        var tls = await Strangers.TlsAsync(stream, _listener, SslApplicationProtocol.Http2);
        await tls.WriteAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u0004\0\0\0\0\0"u8.ToArray(), Patience);
        return tls;
    }

    private static byte[] Length(long length)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)length);
        return bytes;
    }
}

/// <summary>Where executors have a TLS connection of their own; HTTP/2 is there beside it.</summary>
public sealed class FramedHostileTests() : HostileTests(isGrpcOnly: false);

public sealed class GrpcHostileTests() : HostileTests(isGrpcOnly: true);
