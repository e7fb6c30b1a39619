using Flame.Executor.Tests.Links;
using Flame.Wire;

namespace Flame.Executor.Tests.Hostile;

/// <summary>Two executors of one pool over a real socket: one is honest and has a call, the other does what the test likes.</summary>
internal sealed class HostilePool : IAsyncDisposable
{
    private readonly ScriptedPool _pool;
    private int _marks;

    private HostilePool(ScriptedPool pool) => _pool = pool;

    public LogRecorder Log => _pool.Log;

    public FlamePoolStats Stats => _pool.Stats;

    public FlamePools Pools => _pool.Pools;

    /// <summary>Not asynchronous, so that the pools are in use in the test itself.</summary>
    public static HostilePool Start(int maxConcurrency = 1, Action<FlamePoolOptions>? configure = null) => new(ScriptedPool.Start(
        Carriers.Unix,
        o =>
        {
            (o.Max, o.MaxConcurrency) = (2, maxConcurrency);
            configure?.Invoke(o);
        }));

    /// <summary>An executor that has said an honest hello.</summary>
    public async Task<WireEnd> ConnectAsync() => await (await _pool.Backend.NextAsync()).ConnectAsync();

    /// <summary>The honest one, with a call; every slot of the other must be taken.</summary>
    public async Task<Sibling> SiblingAsync()
    {
        var call = WireWork.EchoAsync([2]);
        var wire = await ConnectAsync();
        return new Sibling(call, wire, (await wire.NextAsync(FrameKind.Call)).Call);
    }

    /// <summary>Completes when the parent has handled all that came before on this link, or the link has ended.</summary>
    public async Task HandledAsync(WireEnd wire, Task? ended = null)
    {
        var mark = $"mark {Interlocked.Increment(ref _marks)} of the test";
        await wire.SendAsync(FrameKind.Log, body: LogBody.Printed(mark, isError: false).Encode().ToArray());
        await Patience.UntilAsync(() => Log.Has(mark) || ended is { IsCompleted: true });
    }

    /// <summary>Lets so many heartbeats pass in which both executors seem to live; ends with the link.</summary>
    public async Task BeatAsync(WireEnd hostile, Sibling sibling, Task until)
    {
        for (var beat = 0; beat < 50 && !until.IsCompleted; beat++)
        {
            await HandledAsync(sibling.Wire);
            try
            {
                await HandledAsync(hostile, until);
            }
            catch (IOException)
            {
                return;
            }

            _pool.Time.Advance(TimeSpan.FromSeconds(5));
            await sibling.Wire.NextAsync(FrameKind.Ping);
        }
    }

    public ValueTask DisposeAsync() => _pool.DisposeAsync();
}

/// <summary>An honest executor beside a hostile one.</summary>
internal sealed record Sibling(Task<byte[]> Call, WireEnd Wire, ulong Id) : IAsyncDisposable
{
    /// <summary>Its call ends as if nothing had been.</summary>
    public async Task LivesAsync()
    {
        Assert.False(Call.IsCompleted);
        await Wire.SendAsync(FrameKind.Result, Id, WireEnd.Begin(5, [1, 0, 0, 0, 9]));
        Assert.Equal([9], await Call.Patiently());
    }

    public ValueTask DisposeAsync() => Wire.DisposeAsync();
}
