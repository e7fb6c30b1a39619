using Flame.CompilerServices;
using Flame.Links;
using Flame.Wire;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Flame.Executor.Tests.Links;

/// <summary>A real executor whose parent is played by the test, frame by frame.</summary>
internal sealed class ScriptedParent : IAsyncDisposable
{
    public static readonly ParentHello Rules = new(null, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(5), 64 * 1024 * 1024);

    private readonly LinkListener _listener;
    private readonly ServiceProvider _services = new ServiceCollection().BuildServiceProvider();

    private ScriptedParent(LinkListener listener, WireEnd wire, Stream executor, FrameReader reader, FakeTimeProvider time)
    {
        (_listener, Wire, Time) = (listener, wire, time);
        Host = new ExecutorHost(executor, reader, Rules, () => _services, time, new LinkLog(), sharesProcess: true);
        Ended = Host.RunAsync();
    }

    public FakeTimeProvider Time { get; }

    public WireEnd Wire { get; }

    public ExecutorHost Host { get; }

    /// <summary>The end of the executor's link.</summary>
    public Task<LinkEnd> Ended { get; }

    public static async Task<ScriptedParent> StartAsync(LinkCarrier carrier)
    {
        var listener = await carrier.ListenAsync(CancellationToken.None);
        var accepted = listener.AcceptAsync(CancellationToken.None).AsTask();
        var executor = await carrier.DialAsync(listener.Endpoint, listener.CertificatePin, CancellationToken.None).Patiently();
        var stream = await accepted.Patiently();
        listener.Admitted(stream);
        var wire = new WireEnd(stream);
        var reader = new FrameReader(executor);
        var admitted = Introduction.ExchangeAsync(executor, reader, new ExecutorHello("test/1", "token", "build", 1, []), readyAtOnce: true, CancellationToken.None);
        await wire.NextAsync(FrameKind.Hello);
        await wire.NextAsync(FrameKind.Hello);
        await wire.SendAsync(FrameKind.Hello, body: Rules.Encode().ToArray());
        Assert.Equal(Rules, await admitted.Patiently());
        return new ScriptedParent(listener, wire, executor, reader, new FakeTimeProvider());
    }

    /// <summary>The first frame of a call; the rest of the arguments is sent piece by piece.</summary>
    public static byte[] CallBody(RemoteMethod method, byte[] arguments, long limit = -1, int first = FrameHeader.ChunkSize) =>
    [
        .. BitConverter.GetBytes(method.Id), .. BitConverter.GetBytes(limit), .. BitConverter.GetBytes(arguments.Length),
        .. arguments.AsSpan(0, Math.Min(first, arguments.Length)),
    ];

    public Task CallAsync(
        ulong id, string method, byte[] arguments, long limit = -1, int first = FrameHeader.ChunkSize, FrameFlags flags = FrameFlags.None) =>
        Wire.SendAsync(FrameKind.Call, id, CallBody(WireWork.Method(method), arguments, limit, first), flags);

    public Task ContinueAsync(ulong id, byte[] piece) => Wire.SendAsync(FrameKind.Call, id, piece, FrameFlags.Continuation);

    public static FailureCode CodeOf(Frame frame) => FailureBody.Decode(frame.Body).Code;

    public async ValueTask DisposeAsync()
    {
        await Wire.DisposeAsync();
        await Host.CloseAsync();
        await Ended.Patiently();
        await _listener.DisposeAsync();
        await _services.DisposeAsync();
    }
}
