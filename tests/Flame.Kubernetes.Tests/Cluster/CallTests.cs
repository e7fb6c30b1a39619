using System.Runtime.CompilerServices;

namespace Flame.Kubernetes.Tests.Cluster;

/// <summary>Everything that a call can be, with pods that dial their parent and with a parent that comes to its pods.</summary>
public abstract class CallTests : ClusterTests
{
    protected abstract Task<FlamePools> StartAsync(Action<FlamePoolOptions>? pool = null);

    [Fact]
    public async Task Calls_streams_blocks_and_objects_live_in_pods()
    {
        await using var pools = await StartAsync(p => p.MaxConcurrency = 4);

        var process = await Deeds.ProcessAsync().Patiently();
        Assert.Equal(Cluster.Process(Name(Assert.Single(Pods)))!.Id, process);

        Assert.Equal(Enumerable.Range(0, 1000), await Deeds.Count(1000).ToArrayAsync(Ct));

        var words = new List<string> { "a", "b" };
        Assert.Equal((process, "a-b"), await pools.CallAsync("main", () => (Environment.ProcessId, string.Join('-', words))).Patiently());

        await using var counter = await pools.PlaceAsync("main", () => new Counter(40)).Patiently();
        Assert.Equal((41, 42), (await counter.Next(), await counter.Next()));

        var bytes = new byte[3_000_000];
        Random.Shared.NextBytes(bytes);
        Assert.Equal(bytes, await Deeds.EchoAsync(bytes).Patiently());
        await Assert.ThrowsAsync<InvalidDataException>(() => Deeds.FailAsync().Patiently());
    }

    [Fact]
    public async Task Each_executor_is_a_pod_of_its_own()
    {
        using var gate = new Gate();
        await using var pools = await StartAsync(p => p.Max = 3);
        var calls = Enumerable.Range(0, 3).Select(_ => Gates.PassAsync(gate.Port, Ct)).ToArray();
        foreach (var visitor in await gate.NextAsync(3)) visitor.LetGo();
        var processes = await Task.WhenAll(calls).Patiently();
        Assert.Equal(3, processes.Distinct().Count());
        Assert.Equal(processes.Order(), Pods.Select(p => Cluster.Process(Name(p))!.Id).Order());
    }
}

public sealed class PodCallTests : CallTests
{
    protected override Task<FlamePools> StartAsync(Action<FlamePoolOptions>? pool = null) => AsPodAsync(pool);
}

public sealed class ForwardedCallTests : CallTests
{
    protected override Task<FlamePools> StartAsync(Action<FlamePoolOptions>? pool = null) => OutsideAsync(pool);
}

internal static class Deeds
{
    [Flame(Pool = "main")]
    public static async Task<int> ProcessAsync()
    {
        await Task.Yield();
        return Environment.ProcessId;
    }

    [Flame(Pool = "main")]
    public static Task<byte[]> EchoAsync(byte[] bytes) => Task.FromResult(bytes);

    [Flame(Pool = "main")]
    public static Task<string?> VariableAsync(string name) => Task.FromResult(Environment.GetEnvironmentVariable(name));

    /// <summary>From an executor to an executor of its own.</summary>
    [Flame(Pool = "main")]
    public static async Task<(int Here, int There, string Owner)> OuterAsync() => (Environment.ProcessId, await Deeds.Remote.ProcessAsync(), Environment.GetEnvironmentVariable("POD_NAME")!);

    [Flame(Pool = "main")]
    public static Task FailAsync() => throw new InvalidDataException("no");

    [Flame(Pool = "main")]
    public static Task CrashAsync(string words)
    {
        Environment.FailFast(words);
        return Task.CompletedTask;
    }

    [Flame(Pool = "main")]
    public static async IAsyncEnumerable<int> Count(int to, [EnumeratorCancellation] CancellationToken ct = default)
    {
        await Task.Yield();
        for (var i = 0; i < to; i++)
        {
            ct.ThrowIfCancellationRequested();
            yield return i;
        }
    }
}

[FlameObject]
internal sealed class Counter(int start)
{
    private int _value = start;

    public int Next() => ++_value;
}
