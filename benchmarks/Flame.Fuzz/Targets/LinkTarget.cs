using System.Threading.Channels;
using Flame.Backends;
using Flame.Links;
using Flame.Wire;

namespace Flame.Fuzz.Targets;

/// <summary>
/// A real pool and a real link, whose executor says what the input says: frames about a call that has lent a progress, items
/// and a stream, or that yields.
/// </summary>
internal sealed class LinkTarget : FuzzTarget, IDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(20);

    private readonly Puppets _backend = new();
    private FlamePools? _pools;

    public FlamePools Pools => _pools ??= FlameApplication.StartAsync(flame => flame.AddPool("default", o => (o.Max, o.MaxConcurrency) = (1, 4), _backend)).GetAwaiter().GetResult();

    public override string Name => "link";

    public override int Weight => 5;

    // The rest is allocated on other threads, and bounded below.
    public override (long Always, long ForEachByte) Allowance => (1024 * 1024, 64);

    public override IReadOnlyList<byte[]> Seeds =>
    [
        [0, .. Piece(FrameKind.Item, 0, 1, [4, 0, 0, 0, 1, 0, 0, 0]), .. Piece(FrameKind.Credit, 0, 2, [64, 0, 0, 0]), .. Piece(FrameKind.Result, 0, 0, [0, 0, 0, 0])],
        [0, .. Piece(FrameKind.Credit, 0, 3, [64, 0, 0, 0]), .. Piece(FrameKind.Cancel, 0, 3, []), .. Piece(FrameKind.Item, 0, 3, [0, 0, 0, 0])],
        [1, .. Piece(FrameKind.Item, 0, 0, [9, 0, 0, 0, 254, 255, 255, 255, 1, 0, 0, 0, 65]), .. Piece(FrameKind.Result, 0, 0, [0, 0, 0, 0])],
        [1, .. Piece(FrameKind.Item, 0, 0, [3, 0, 0, 0, 1]), .. Piece(FrameKind.Item, FrameFlags.Continuation, 0, [2, 3])],
        [0, .. Piece(FrameKind.Failure, 0, 0, new FailureBody(FailureCode.NotStarted, "", "", "").Encode())],
        [0, .. Piece(FrameKind.Drain, 0, 0, new BodyWriter().Text("why").Span), .. Piece(FrameKind.Log, 0, 0, new LogBody(2, 0, 1, "c", "m", "e").Encode())],
    ];

    public override void Run(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty) return;
        var before = GC.GetTotalAllocatedBytes();
        var bytes = input.ToArray();
        if (!Task.Run(() => RunAsync(bytes)).Wait(s_limit)) throw new TimeoutException("a call has no end");
        if (GC.GetTotalAllocatedBytes() - before > 64 * 1024 * 1024) throw new InvalidOperationException("more than 64 MiB were allocated");
    }

    public void Dispose() => _pools?.DisposeAsync().AsTask().Wait(s_limit);

    private async Task RunAsync(byte[] input)
    {
        using var use = Pools.Use();
        using var stop = new CancellationTokenSource();
        var call = input[0] % 2 == 0
            ? Shapes.Remote.Live(new Progress<int>(), Lines(), new MemoryStream(new byte[100]), stop.Token)
            : TakeAsync(stop.Token);

        // The last input's executor may still have been taken for one that lives: then the call is lost with it, and none is booted.
        using var over = new CancellationTokenSource();
        var played = PlayAsync(input, over.Token);
        if (await Task.WhenAny(call, played) == call) await over.CancelAsync();
        await played;

        // One that has not started waits for another executor, and nobody plays that.
        await Task.WhenAny(call, Task.Delay(s_patience));
        await stop.CancelAsync();
        try
        {
            await call;
        }
        catch (Exception e) when (e is FlameException or OperationCanceledException || e.InnerException is RemoteException)
        {
        }
    }

    private async Task PlayAsync(byte[] input, CancellationToken over)
    {
        try
        {
            while (!await PlayAsync(await _backend.NextAsync(over), input, over))
            {
                // Its boot had been given up.
            }
        }
        catch (OperationCanceledException)
        {
            // There is no call to say anything about.
        }
    }

    /// <summary>Says hello, waits for the call, and says what the input says. False: there was no call.</summary>
    private static async Task<bool> PlayAsync(Puppet puppet, byte[] input, CancellationToken over)
    {
        await using var stream = await puppet.ConnectAsync();
        var reader = new FrameReader(stream);
        ulong id = 0;
        while (id == 0)
        {
            while (id == 0 && reader.TryRead(out var header, out _)) id = header.Kind == FrameKind.Call ? header.Call : 0;
            if (id == 0 && !reader.Filled(await reader.FillAsync(over))) return false;
        }

        puppet.Exit();
        var answers = DrainAsync(reader);
        try
        {
            await stream.WriteAsync(Frames(input.AsSpan(1), id), CancellationToken.None);
        }
        catch (IOException)
        {
            // It had enough of them.
        }

        await stream.DisposeAsync();
        await answers;
        return true;
    }

    private static async Task TakeAsync(CancellationToken ct)
    {
        await foreach (var _ in Shapes.Remote.Stream(ct))
        {
        }
    }

    private static async IAsyncEnumerable<string> Lines()
    {
        for (var i = 0; i < 10; i++)
        {
            await Task.Yield();
            yield return "line";
        }
    }

    private static async Task DrainAsync(FrameReader reader)
    {
        try
        {
            do
            {
                while (reader.TryRead(out _, out _))
                {
                }
            }
            while (reader.Filled(await reader.FillAsync(CancellationToken.None)));
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
        }
    }

    private static byte[] Piece(FrameKind kind, FrameFlags flags, byte channel, ReadOnlySpan<byte> body) =>
        [(byte)kind, (byte)flags, channel, (byte)body.Length, (byte)(body.Length >> 8), .. body];

    /// <summary>Frames of pieces: kind, flags, channel, length, body. Their call is the real one, but for odd channels above 127.</summary>
    private static byte[] Frames(ReadOnlySpan<byte> pieces, ulong id)
    {
        var frames = new List<byte>();
        while (pieces.Length >= 5)
        {
            var length = Math.Min(pieces[3] | (pieces[4] << 8), pieces.Length - 5);
            frames.AddRange(FrameTarget.Frame((FrameKind)pieces[0], (FrameFlags)pieces[1], pieces[2] > 127 ? id + pieces[2] : id, pieces.Slice(5, length), (ushort)(pieces[2] % 8)));
            pieces = pieces[(5 + length)..];
        }

        return [.. frames];
    }

    private sealed class Puppets : FlameBackend
    {
        private readonly Channel<Puppet> _boots = Channel.CreateUnbounded<Puppet>();
        private readonly PipeCarrier _carrier = new();

        public override string Name => "fuzz";

        internal override LinkCarrier Carrier => _carrier;

        public async Task<Puppet> NextAsync(CancellationToken ct) => await _boots.Reader.ReadAsync(ct);

        public override Task<BackendExecutor> StartAsync(BootRequest request, CancellationToken ct)
        {
            var puppet = new Puppet(request, _carrier);
            _boots.Writer.TryWrite(puppet);
            return Task.FromResult<BackendExecutor>(puppet);
        }
    }

    private sealed class Puppet(BootRequest request, LinkCarrier carrier) : BackendExecutor
    {
        private readonly TaskCompletionSource<BackendExit> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override string Description => "puppet";

        public override Task<BackendExit> Exited => _exited.Task;

        public async Task<Stream> ConnectAsync()
        {
            var parent = FlameParent.Parse(request.ParentVariable);
            var stream = await carrier.DialAsync(parent.Endpoints[0], parent.CertificatePin, CancellationToken.None);
            await stream.WriteAsync((byte[])[.. Handshake.Frame(ExecutorHello.To(parent).Encode()), .. Handshake.Frame([], FrameFlags.Reply)]);
            return stream;
        }

        public void Exit() => _exited.TrySetResult(new BackendExit("was fuzzed"));

        public override Task StopAsync(CancellationToken ct)
        {
            Exit();
            return Task.CompletedTask;
        }

        public override ValueTask DisposeAsync() => default;
    }
}
