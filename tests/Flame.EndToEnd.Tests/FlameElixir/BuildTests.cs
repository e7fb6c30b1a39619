using Flame.Backends;
using Flame.Executor;
using Flame.Links;
using Flame.Wire;

namespace Flame.EndToEnd.Tests.FlameElixir;

/// <summary>FLAME copies code to its runners; here both sides are one build, and another one is refused.</summary>
public sealed class BuildTests
{
    [Fact]
    public async Task Executor_of_another_build_is_refused_and_the_caller_is_told_what_differs()
    {
        await using var pool = await ElixirPool.StartAsync(o => o.Max = 1, new OtherBuildBackend());
        using var here = pool.Pools.Use();
        var error = await Assert.ThrowsAsync<BootFailedException>(() => Work.PidAsync());
        Assert.Contains("FLM2104", error.Message, StringComparison.Ordinal);
        Assert.Contains("Other 1234", error.Message, StringComparison.Ordinal);
        Assert.Contains(BuildId.Current.Hash, error.Message, StringComparison.Ordinal);
        await pool.LoggedAsync("FLM3010");
    }

    private sealed class OtherBuildBackend : FlameBackend
    {
        public override string Name => "other";

        internal override LinkCarrier Carrier { get; } = new PipeCarrier();

        public override async Task<BackendExecutor> StartAsync(BootRequest request, CancellationToken ct)
        {
            var parent = FlameParent.Parse(request.ParentVariable);
            var stream = await Carrier.DialAsync(parent.Endpoints[0], null, ct);
            var hello = new ExecutorHello(parent.Executor, parent.Token, "0123456789abcdef", 1, ["Other 1234"]);
            var rules = await Introduction.ExchangeAsync(stream, new FrameReader(stream), hello, readyAtOnce: false, ct);
            return new RefusedExecutor(rules.Refusal!);
        }
    }

    private sealed class RefusedExecutor(string refusal) : BackendExecutor
    {
        public override string Description => "the other build";

        public override Task<BackendExit> Exited { get; } = Task.FromResult(new BackendExit($"printed {refusal}"));

        public override Task StopAsync(CancellationToken ct) => Task.CompletedTask;

        public override ValueTask DisposeAsync() => default;
    }
}
