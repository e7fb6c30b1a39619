using Flame.Model;
using Flame.Pooling;
using Flame.Wire;
using Microsoft.Extensions.Logging;

namespace Flame.Links;

/// <summary>Stands where the product has its door: who comes is who he says, so that a run has no handshake.</summary>
internal sealed class LinkAcceptor(LinkCarrier carrier, TimeProvider time, TimeSpan heartbeat, ILogger log, CodeSync.ProgramCode? code = null) : IAsyncDisposable
{
    private readonly Dictionary<string, (Executor Executor, FlamePool Pool)> _expected = [];

    public CodeSync.ProgramCode? Code => code;

    public int Refused { get; private set; }

    public Task<string> ExpectAsync(Executor executor, FlamePool pool, CancellationToken ct)
    {
        _expected[executor.Name] = (executor, pool);
        return Task.FromResult(executor.Name);
    }

    public void Forget(string executor) => _expected.Remove(executor);

    public string? RefusalOf(string executor) => null;

    /// <summary>An executor comes. What comes too late is turned away.</summary>
    public void Arrive(string executor, LinkStream stream)
    {
        if (_expected.TryGetValue(executor, out var expected))
            World.Current!.Post($"{executor}'s read loop", () => _ = ServeAsync(stream, expected.Executor, expected.Pool));
        else
            Turn(stream);
    }

    public ValueTask DisposeAsync() => default;

    private void Turn(LinkStream stream)
    {
        Refused++;
        stream.Dispose();
    }

    private async Task ServeAsync(LinkStream stream, Executor executor, FlamePool pool)
    {
        try
        {
            var link = new ExecutorLink(executor.Name, stream, new FrameReader(stream), time, heartbeat, pool.Options.CancelGrace, executor);
            executor.Admitted(link, new ExecutorHello(executor.Name, "", "", 1, []));
            await link.RunAsync(CancellationToken.None).Controlled();
        }
        finally
        {
            await stream.DisposeAsync().Controlled();
        }
    }

    public override string ToString() => $"{carrier} {log} {code}";
}
