using Flame.Backends;
using Flame.EndToEnd.Tests.Calls;
using Flame.EndToEnd.Tests.Live;
using Flame.Executor;

namespace Flame.EndToEnd.Tests.Limits;

/// <summary>
/// What a call, an item and a report may allocate: bytes and not times, for bytes are the same on every machine. The figures are those
/// of the tests' own build, which is not optimized: there each asynchronous method has a state machine of its own on the heap.
/// </summary>
public sealed class AllocationTests
{
    private const int AtOnce = 2_000;

    [Fact]
    public async Task A_call_allocates_little_on_either_side()
    {
        await using var pools = await StartAsync();
        using var _ = pools.Use();
        await AssertAtMostAsync(parent: 170, executor: 700, CallsAsync);
    }

    [Fact]
    public async Task A_streamed_item_allocates_next_to_nothing_on_either_side()
    {
        await using var pools = await StartAsync();
        using var _ = pools.Use();
        await AssertAtMostAsync(parent: 100, executor: 200, async () =>
        {
            await foreach (var item in Allocating.CountAsync(AtOnce)) GC.KeepAlive(item);
        });
    }

    [Fact]
    public async Task A_report_allocates_next_to_nothing_on_either_side()
    {
        await using var pools = await StartAsync();
        using var _ = pools.Use();
        var told = new Told();
        await AssertAtMostAsync(parent: 150, executor: 250, () => Allocating.ReportAsync(AtOnce, told));
        Assert.Equal(0, told.Reports % AtOnce);
    }

    [Fact]
    public async Task A_streamed_chunk_of_bytes_allocates_next_to_nothing_on_either_side()
    {
        await using var pools = await StartAsync();
        using var _ = pools.Use();
        await AssertAtMostAsync(parent: 1_000, executor: 1_500, () => LiveWork.InvertAsync(new CountedBytes(AtOnce * 32L * 1024), new CountedBytes(0)));
    }

    [Fact]
    public async Task A_call_in_this_process_allocates_what_both_sides_do()
    {
        await using var pools = await StartAsync(new InProcessBackend());
        using var _ = pools.Use();
        await AssertAtMostAsync(parent: 4_400, executor: 4_400, CallsAsync);
    }

    private static Task<FlamePools> StartAsync(FlameBackend? backend = null) => TestPools.StartAsync(f =>
    {
        if (backend is not null) f.UseBackend(backend);
        f.AddPool("main", p => (p.Min, p.Max) = (1, 1));
    });

    private static async Task CallsAsync()
    {
        for (var i = 0; i < AtOnce; i++) await Sums.AddAsync(i, i);
    }

    // The least of some rounds: the first ones compile and fill what is kept, and a watch or a heartbeat falls into each now and then.
    private static async Task AssertAtMostAsync(double parent, double executor, Func<Task> round)
    {
        var least = (Parent: double.MaxValue, Executor: double.MaxValue);
        for (var i = 0; i < 6; i++)
        {
            var (here, there) = (GC.GetTotalAllocatedBytes(precise: true), await Allocating.SoFarAsync());
            await round().Patiently();
            var (hereAfter, thereAfter) = (GC.GetTotalAllocatedBytes(precise: true), await Allocating.SoFarAsync());
            least = (Math.Min(least.Parent, (hereAfter - here) / (double)AtOnce), Math.Min(least.Executor, (thereAfter - there) / (double)AtOnce));
        }

        TestContext.Current.TestOutputHelper!.WriteLine($"parent: {least.Parent:0.0} B, executor: {least.Executor:0.0} B");
        Assert.InRange(least.Parent, 0, parent);
        Assert.InRange(least.Executor, 0, executor);
    }

    private sealed class Told : IProgress<int>
    {
        public int Reports { get; private set; }

        public void Report(int value) => Reports++;
    }
}
