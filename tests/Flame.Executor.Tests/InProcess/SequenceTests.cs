namespace Flame.Executor.Tests.InProcess;

/// <summary>A caller that calls again as soon as it has its answer.</summary>
public sealed class SequenceTests
{
    [Fact]
    public async Task One_call_after_another_needs_one_executor_however_they_end()
    {
        await using var pool = InProcessPool.Start(options => options.Max = 4);
        for (var i = 0; i < 500; i++)
        {
            Assert.Equal(9, await Work.SquareAsync(3, InProcessPool.Patience));
            await Assert.ThrowsAsync<InvalidDataException>(() => Work.FailAsync("no"));
            await foreach (var _ in Work.CountAsync(2, InProcessPool.Patience))
            {
            }
        }

        Assert.Equal("test/1", Assert.Single(pool.Stats.Executors).Name);
    }
}
