using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Flame.Cli.Tests.Running;
using Flame.Control;
using Microsoft.Extensions.Time.Testing;

namespace Flame.Cli.Tests;

/// <summary>What comes to the control socket and is no request, or does not read its answer.</summary>
public sealed class ControlTests
{
    [Fact]
    public async Task Garbage_is_answered_by_one_error_and_hurts_nothing()
    {
        await using var pools = await FlameApplication.StartAsync(static flame => flame.Control = false);
        var commands = new ControlCommands(pools, ControlRights.Look);
        var random = new Random(1);
        string[] pieces = ["{", "}", "\"command\"", ":", "\"status\"", "\"calls\"", "\"logs\"", "\"explain\"", "\"exec\"", "\"call\"", "[", "]", "null", "-1", "1e999", "\"version\":2", ",", "\"most\"", "99999999999", "\"\\ud800\"", "\"pool\":\"x\"", "\0", "é"];
        for (var line = 0; line < 5_000; line++)
        {
            var text = random.Next(3) == 0 ? RandomBytes(random) : Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => pieces[random.Next(pieces.Length)])));
            using var output = new MemoryStream();
            await commands.RunAsync(text, output, TestContext.Current.CancellationToken);
            var last = Encoding.UTF8.GetString(output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1];
            var answer = JsonSerializer.Deserialize<JsonElement>(last);
            Assert.True(answer.TryGetProperty("end", out _) || answer.GetProperty("error").GetProperty("id").GetString()!.StartsWith("FLM", StringComparison.Ordinal), last);
        }

        static byte[] RandomBytes(Random random)
        {
            var bytes = new byte[random.Next(200)];
            random.NextBytes(bytes);
            return bytes;
        }
    }

    [Fact]
    public async Task Socket_cuts_who_sends_too_much_and_goes_on_with_others()
    {
        await using var machine = new Machine();
        await machine.StartAsync();
        var path = Assert.Single(Directory.GetFiles(machine.Sockets));
        var answer = await AskAsync(path, new string('x', ControlRequest.MostBytes + 10) + "\n");
        Assert.Contains("FLM5006", answer);
        Assert.Contains("FLM5006", await AskAsync(path, "garbage\n"));
        Assert.Contains("FLM5006", await AskAsync(path, "{\"command\":\"dance\"}\n"));
        Assert.Contains("FLM5006", await AskAsync(path, "{\"command\":\"status\",\"version\":99}\n"));
        Assert.Empty(await AskAsync(path, "\n"));

        // Those who say nothing hold no place for ever, and there are few places.
        var silent = Enumerable.Range(0, 40).Select(_ => Connect(path)).ToArray();
        try
        {
            var closed = await Task.WhenAny(silent.Select(static socket => socket.ReceiveAsync(new byte[1]))).WaitAsync(Patience.Long, TestContext.Current.CancellationToken);
            Assert.Equal(0, await closed);
        }
        finally
        {
            foreach (var socket in silent) socket.Dispose();
        }

        string last;
        do last = await AskAsync(path, "{\"command\":\"status\"}\n");
        while (last.Length == 0);
        Assert.EndsWith("{\"end\":{}}\n", last);
    }

    [Fact]
    public async Task Who_does_not_read_is_cut_and_nothing_is_kept_for_him()
    {
        var time = new FakeTimeProvider();
        var stuck = new StuckStream();
        var writing = new ControlOutput(stuck, time).WriteAsync(new ControlAnswer { End = new ControlEnd() }, TestContext.Current.CancellationToken);
        Assert.False(writing.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(11));
        await Assert.ThrowsAsync<IOException>(() => writing.WaitAsync(Patience.Long, TestContext.Current.CancellationToken));
        Assert.True(stuck.IsDisposed);
    }

    private static Socket Connect(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(path));
        return socket;
    }

    private static async Task<string> AskAsync(string path, string request)
    {
        await using var stream = new NetworkStream(Connect(path), ownsSocket: true);
        using var reader = new StreamReader(stream);
        try
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes(request)).AsTask().WaitAsync(Patience.Long);
            return await reader.ReadToEndAsync().WaitAsync(Patience.Long);
        }
        catch (IOException)
        {
            return "";
        }
    }

    private sealed class StuckStream : MemoryStream
    {
        public bool IsDisposed { get; private set; }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => new(new TaskCompletionSource().Task);

        protected override void Dispose(bool disposing)
        {
            IsDisposed = true;
            base.Dispose(disposing);
        }
    }
}
