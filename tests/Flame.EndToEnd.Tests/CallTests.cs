namespace Flame.EndToEnd.Tests;

public sealed class CallTests
{
    [Fact]
    public async Task A_marked_method_runs_in_another_process()
    {
        await using var pools = await TestPools.StartAsync();
        Assert.Equal(5, await Sums.AddAsync(2, 3));
        Assert.NotEqual(Environment.ProcessId, await Sums.ProcessAsync());
    }
}
