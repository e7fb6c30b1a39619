using Xunit;
using System.Threading.Channels;
using Flame.Backends;
using Flame.Links;
using Flame.Wire;

namespace Flame.Tests.Pooling;

/// <summary>A backend that the test plays: it sees every boot, and says what becomes of it.</summary>
internal sealed class ScriptedBackend : FlameBackend
{
    private readonly Channel<ScriptedBoot> _boots = Channel.CreateUnbounded<ScriptedBoot>();

    public override string Name => "scripted";

    internal override LinkCarrier Carrier { get; } = new PipeCarrier();

    public ValueTask<ScriptedBoot> NextAsync() => _boots.Reader.ReadAsync(TestContext.Current.CancellationToken);

    public override Task<BackendExecutor> StartAsync(BootRequest request, CancellationToken ct)
    {
        var boot = new ScriptedBoot(request, Carrier);
        _boots.Writer.TryWrite(boot);
        return boot.Made.Task.WaitAsync(ct);
    }
}

internal sealed class ScriptedBoot(BootRequest request, LinkCarrier carrier) : BackendExecutor
{
    private readonly FlameParent _parent = FlameParent.Parse(request.ParentVariable);
    private readonly TaskCompletionSource<BackendExit> _exited = new();

    public BootRequest Request => request;

    public TaskCompletionSource<BackendExecutor> Made { get; } = new();

    public TaskCompletionSource Stopped { get; } = new();

    public override string Description => "scripted executor";

    public override Task<BackendExit> Exited => _exited.Task;

    public void Fail(string words, bool permanent = false) => Made.SetException(new BackendException(words, permanent));

    public void Exit(string reason, bool permanent = false) => _exited.TrySetResult(new BackendExit(reason, permanent));

    /// <summary>Dials the parent, introduces itself and is ready; returns once the parent has answered.</summary>
    public async Task<Stream> ConnectAsync()
    {
        var ct = TestContext.Current.CancellationToken;
        var stream = await carrier.DialAsync(_parent.Endpoints[0], null, ct);
        var build = BuildId.Current;
        await stream.WriteAsync(Handshake.Frame(new ExecutorHello(_parent.Executor, _parent.Token, build.Hash, 1, build.Assemblies).Encode()), ct);
        await stream.WriteAsync(Handshake.Frame([], FrameFlags.Reply), ct);
        var reader = new FrameReader(stream);
        while (!reader.TryRead(out _, out _)) Assert.True(reader.Filled(await reader.FillAsync(ct)));
        return stream;
    }

    public override Task StopAsync(CancellationToken ct)
    {
        Exit("was stopped");
        Stopped.TrySetResult();
        return Task.CompletedTask;
    }

    public override ValueTask DisposeAsync() => default;
}
