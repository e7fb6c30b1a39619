using Flame.Doubles;
using Flame.Doubles.Fly;

namespace Flame.Fly.Tests.Pools;

public sealed class EndTests : IAsyncLifetime
{
    private FlyDouble _cloud = null!;

    public async ValueTask InitializeAsync() => _cloud = await Cloud.StartAsync();

    public async ValueTask DisposeAsync() => await _cloud.DisposeAsync();

    [Fact]
    public async Task A_killed_machine_fails_its_calls_and_says_how_it_ended()
    {
        var (error, machine) = await LoseAsync(m => m.Kill());

        Assert.Contains($"machine {machine.Id} killed by SIGKILL", error.Message);
        Assert.True(error.MayHaveRun);
    }

    [Fact]
    public async Task A_machine_without_memory_says_so()
    {
        var (error, _) = await LoseAsync(m => m.RunOutOfMemory());

        Assert.Contains("out of memory (oom_killed)", error.Message);
    }

    [Fact]
    public async Task A_program_that_exits_says_its_code()
    {
        await using var pools = await FlyPools.StartAsync(_cloud);

        var error = await Assert.ThrowsAsync<ExecutorLostException>(() => Work.ExitAsync(23));

        Assert.Contains("exited with code 23", error.Message);
    }

    [Fact]
    public async Task A_machine_that_is_destroyed_by_hand_fails_its_calls()
    {
        using var client = Cloud.Client(_cloud);
        var (error, machine) = await LoseAsync(m => _ = client.DestroyAsync(m.Id, Cloud.Patience));

        Assert.Contains(machine.Id, error.Message);
    }

    [Fact]
    public async Task A_host_that_is_lost_fails_its_calls_and_the_pool_goes_on_elsewhere()
    {
        await using var pools = await FlyPools.StartAsync(_cloud, pool: p => p.Max = 2);
        var call = Work.HoldAsync(CancellationToken.None);
        var machine = await StartedAsync();

        await machine.LoseHostAsync();

        await Assert.ThrowsAsync<ExecutorLostException>(() => call);
        await Work.ProcessAsync();
        Assert.Equal(2, _cloud.Machines.Count);
        machine.HostReturns();
        await machine.Destroyed.WaitAsync(Cloud.Patience);
    }

    [Fact]
    public async Task A_stop_by_Fly_drains_the_executor()
    {
        await using var pools = await FlyPools.StartAsync(_cloud);
        await Work.ProcessAsync();
        var machine = await StartedAsync();

        machine.Signal(MachineProcess.SigTerm);

        await machine.Destroyed.WaitAsync(Cloud.Patience);
        await Work.ProcessAsync();
        Assert.Equal(2, _cloud.Machines.Count);
    }

    [Fact]
    public async Task An_idle_machine_ends_itself_and_is_gone()
    {
        await using var pools = await FlyPools.StartAsync(_cloud, pool: p => p.IdleShutdownAfter = TimeSpan.FromMilliseconds(100));
        await Work.ProcessAsync();

        await _cloud.Machines.Single().Destroyed.WaitAsync(Cloud.Patience);
    }

    [Fact]
    public async Task A_lease_of_somebody_else_delays_the_destruction()
    {
        var pools = await FlyPools.StartAsync(_cloud);
        await using (pools)
        {
            var call = Work.HoldAsync(CancellationToken.None);
            var machine = await StartedAsync();
            using var client = Cloud.Client(_cloud);
            await client.LeaseAsync(machine.Id, TimeSpan.FromSeconds(2), Cloud.Patience);
            machine.Signal(MachineProcess.SigStop);
            pools.Stop();
            await Assert.ThrowsAnyAsync<Exception>(() => call);
        }

        Assert.Empty(_cloud.Live);
        Assert.Contains(_cloud.Calls, call => call is { Action: "destroy", Status: 409 });
    }

    private async Task<(ExecutorLostException Error, CloudMachine Machine)> LoseAsync(Action<CloudMachine> lose)
    {
        await using var pools = await FlyPools.StartAsync(_cloud);
        var call = Work.HoldAsync(CancellationToken.None);
        var machine = await StartedAsync();
        lose(machine);
        return (await Assert.ThrowsAsync<ExecutorLostException>(() => call), machine);
    }

    private async Task<CloudMachine> StartedAsync()
    {
        while (FlamePools.Current["main"].GetStats().Ready == 0) await Task.Delay(20);
        return _cloud.Live.Single();
    }
}
