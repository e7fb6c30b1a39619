using System.Net;
using System.Net.Sockets;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using Flame;
using Polly;

// Calls: one call with limits of its own, one that is awaited later, one that is tried again.
await using var pools = await FlameApplication.StartAsync(flame => flame
    .AddPool("cpu", pool => pool.Max = 2));

var brief = new FlameCallOptions { Timeout = TimeSpan.FromMilliseconds(300) };
try { await Work.Remote.With(brief).StampAsync("a letter", 200); }
catch (CallTimeoutException e) { Console.WriteLine($"{e.Phase}: {e.Message}"); }

// Handed to the pool at once. They can be asked how they are, ended, and awaited when it suits.
var (stamp, endless) = (Work.Spawn.StampAsync("a letter", 18), Work.Spawn.StampAsync("a letter", 200));
Console.WriteLine($"stamp {await stamp}, {stamp.Status} on {stamp.Executor}");
endless.Cancel();
try { await endless; }
catch (OperationCanceledException) { Console.WriteLine($"the endless one: {endless.Status}"); }

// What the method throws is the caller's business: Polly says what is tried again, when and how often.
var retry = new ResiliencePipelineBuilder()
    .AddRetry(new() { ShouldHandle = new PredicateBuilder().Handle<HttpRequestException>(), Delay = TimeSpan.FromMilliseconds(50) }).Build();
using var listener = new TcpListener(IPAddress.Loopback, 0);
listener.Start();
var shop = ServeAsync(listener);
var answer = await Work.Remote.With(new() { Retry = retry }).FetchAsync(new Uri($"http://{listener.LocalEndpoint}/"));
Console.WriteLine($"the shop answered at {answer}");
await shop;

// A web server that is busy for its first two visitors.
static async Task ServeAsync(TcpListener listener)
{
    for (var visit = 1; visit <= 3; visit++)
    {
        using var visitor = await listener.AcceptTcpClientAsync();
        _ = await visitor.GetStream().ReadAsync(new byte[4096]);
        await visitor.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {(visit < 3 ? "503 Busy" : "200 OK")}\r\nContent-Length: 7\r\nConnection: close\r\n\r\nvisit {visit}"));
    }
}

internal static class Work
{
    private static readonly HttpClient s_http = new();

    /// <summary>The first number that makes the text's SHA-256 begin with as many zero bits; a second for 20, for ever for 200.</summary>
    [Flame(Pool = "cpu")]
    public static Task<long> StampAsync(string text, int zeros, CancellationToken ct = default) => Task.Run(() =>
    {
        for (var n = 0L; ; n++, ct.ThrowIfCancellationRequested())
            if (new BigInteger(SHA256.HashData(Encoding.UTF8.GetBytes(text + n)), isUnsigned: true, isBigEndian: true).GetBitLength() <= 256 - zeros) return n;
    }, ct);

    [Flame(Pool = "cpu", Idempotent = true)]
    public static Task<string> FetchAsync(Uri page, CancellationToken ct = default) => s_http.GetStringAsync(page, ct);
}
