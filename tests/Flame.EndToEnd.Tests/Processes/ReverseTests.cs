using Flame.EndToEnd.Tests.Calls;

namespace Flame.EndToEnd.Tests.Processes;

/// <summary>Executors that wait for their parent to connect end as all others do.</summary>
public sealed class ReverseTests
{
    private static readonly CancellationToken s_none = CancellationToken.None;

    [Fact]
    public async Task Killed_executor_fails_its_calls_and_is_replaced()
    {
        using var gate = new Gate();
        await using var pools = await StartAsync(new ReverseBackend());
        var call = Gates.PassAsync(gate.Port, s_none);
        var inside = await gate.NextAsync();

        await Signals.KillAsync(inside.Process);

        var error = await Assert.ThrowsAsync<ExecutorLostException>(() => call.Patiently());
        Assert.StartsWith($"process {inside.Process} killed by SIGKILL", error.Reason, StringComparison.Ordinal);
        Assert.Equal(5, await Sums.AddAsync(2, 3).Patiently());
    }

    [Fact]
    public async Task Executors_of_one_parent_wait_side_by_side()
    {
        using var gate = new Gate();
        await using var pools = await StartAsync(new ReverseBackend());
        var calls = new[] { Gates.PassAsync(gate.Port, s_none), Gates.PassAsync(gate.Port, s_none) };
        var inside = await gate.NextAsync(2);
        Assert.NotEqual(inside[0].Process, inside[1].Process);
        Assert.All(inside, visitor => visitor.LetGo());
        Assert.Equal(inside.Select(v => v.Process).Order(), (await Task.WhenAll(calls).Patiently()).Order());
    }

    [Fact]
    public async Task Executor_whose_parent_is_gone_ends()
    {
        using var gate = new Gate();
        var backend = new ReverseBackend { LeavesAlone = true };
        await using var pools = await StartAsync(backend);
        var call = Gates.PassAsync(gate.Port, s_none);
        var inside = await gate.NextAsync();
        var executor = Assert.Single(backend.Alive);

        executor.Cut();

        // Nobody else ends it: it stops its call, and goes with all that it started.
        await executor.Exited.Patiently();
        Assert.False(Signals.IsAlive(inside.Process));
        await Assert.ThrowsAsync<ExecutorLostException>(() => call.Patiently());
    }

    [Fact]
    public async Task Executor_opens_its_port_to_nobody_once_its_parent_is_there()
    {
        await using var pools = await StartAsync(new ReverseBackend());
        Assert.False(Signals.Listens(await Sums.ProcessAsync().Patiently()));
    }

    private static async Task<FlamePools> StartAsync(ReverseBackend backend) =>
        await TestPools.StartAsync(f => f.UseBackend(backend).AddPool("main", p => (p.Max, p.ShutdownTimeout, p.CancelGrace) = (2, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(1))));
}
