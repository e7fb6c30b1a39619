using System.Threading.Channels;
using Flame.Backends;
using Flame.Links;
using Flame.Wire;

namespace Flame.Executor.Tests.Links;

/// <summary>A backend whose executors are played by the test, frame by frame.</summary>
internal sealed class ScriptedExecutors(LinkCarrier carrier) : FlameBackend
{
    private readonly Channel<ScriptedExecutor> _boots = Channel.CreateUnbounded<ScriptedExecutor>();

    public override string Name => "scripted";

    internal override LinkCarrier Carrier => carrier;

    public Task<ScriptedExecutor> NextAsync() => _boots.Reader.ReadAsync().AsTask().Patiently();

    public override Task<BackendExecutor> StartAsync(BootRequest request, CancellationToken ct)
    {
        var executor = new ScriptedExecutor(request, carrier);
        _boots.Writer.TryWrite(executor);
        return Task.FromResult<BackendExecutor>(executor);
    }
}

internal sealed class ScriptedExecutor(BootRequest request, LinkCarrier carrier) : BackendExecutor
{
    private readonly FlameParent _parent = FlameParent.Parse(request.ParentVariable);
    private readonly TaskCompletionSource<BackendExit> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override string Description => "scripted executor";

    public override Task<BackendExit> Exited => _exited.Task;

    /// <summary>What it would say first, if the test does not make it say something else.</summary>
    public ExecutorHello Hello => field ??= new(_parent.Executor, _parent.Token, BuildId.Current.Hash, 1, BuildId.Current.Assemblies);

    public string Endpoint => _parent.Endpoints[0];

    public async Task<WireEnd> DialAsync() => new(await carrier.DialAsync(_parent.Endpoints[0], _parent.CertificatePin, CancellationToken.None));

    /// <summary>Says hello and hears the answer.</summary>
    public static async Task<ParentHello> IntroduceAsync(WireEnd wire, ExecutorHello hello)
    {
        await wire.SendAsync(FrameKind.Hello, body: hello.Encode().ToArray());
        return ParentHello.Decode((await wire.NextAsync(FrameKind.Hello)).Body);
    }

    /// <summary>Dials, is admitted, and is ready.</summary>
    public async Task<WireEnd> ConnectAsync()
    {
        var wire = await DialAsync();
        Assert.Null((await IntroduceAsync(wire, Hello)).Refusal);
        await wire.SendAsync(FrameKind.Hello, flags: FrameFlags.Reply);
        return wire;
    }

    /// <summary>Its process has ended.</summary>
    public void Exit(string reason) => Exit(new BackendExit(reason));

    public void Exit(BackendExit exit) => _exited.TrySetResult(exit);

    public override Task StopAsync(CancellationToken ct)
    {
        Exit("was stopped");
        return Task.CompletedTask;
    }

    public override ValueTask DisposeAsync() => default;
}
