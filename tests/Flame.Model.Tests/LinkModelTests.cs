using Xunit;

namespace Flame.Model.Tests;

public sealed class LinkModelTests : IDisposable
{
    private readonly LinkRuns _runs = new();

    public void Dispose() => _runs.Dispose();

    [Fact]
    public void Same_number_is_the_same_run_to_its_last_step()
    {
        for (var seed = 1UL; seed <= 30; seed++)
        {
            var (first, second) = (new List<string>(), new List<string>());
            var once = _runs.Run(seed, diary: first);
            var again = _runs.Run(seed, diary: second);

            Assert.Equal(first, second);
            Assert.Equal((once.Hash, once.Steps, once.Failure), (again.Hash, again.Steps, again.Failure));
        }
    }

    [Fact]
    public void Script_of_a_run_is_that_run()
    {
        for (var seed = 1UL; seed <= 30; seed++)
        {
            var (first, second) = (new List<string>(), new List<string>());
            var once = _runs.Run(seed, diary: first);
            _runs.Run(once.Marks, LinkRuns.RulesOf(seed, Sabotage.None), second);

            Assert.Equal(first, second);
        }
    }

    [Fact]
    public void Each_number_is_another_order_of_events()
    {
        Assert.Equal(200, Enumerable.Range(1, 200).Select(seed => _runs.Run((ulong)seed).Hash).Distinct().Count());
    }

    [Fact]
    public void No_order_of_threads_breaks_a_promise_of_pool_and_link()
    {
        for (var seed = 1UL; seed <= 500; seed++)
        {
            var end = _runs.Run(seed);
            Assert.True(end.Failure is null, $"--seed {seed}: {end.Failure}");
        }
    }

    [Theory]
    [InlineData("OpenLocks", 40)]
    [InlineData("TornAtomics", 40)]
    public void Planted_race_is_found_and_told_in_a_few_decisions(string planted, int most)
    {
        var sabotage = Enum.Parse<Sabotage>(planted);
        var seed = 1UL;
        var failed = _runs.Run(seed, sabotage);
        while (failed.Failure is null && seed < 3000) failed = _runs.Run(++seed, sabotage);
        Assert.NotNull(failed.Failure);

        var rules = LinkRuns.RulesOf(seed, sabotage);
        var least = _runs.Shrink(failed, rules);

        Assert.NotNull(_runs.Run(least, rules).Failure);
        Assert.InRange(least.Length, 1, most);
    }
}
