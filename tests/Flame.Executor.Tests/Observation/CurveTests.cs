using CsCheck;
using Flame.Executor.Tests.InProcess;
using Flame.Observation;

namespace Flame.Executor.Tests.Observation;

/// <summary>Numbers that calls give while they run.</summary>
public sealed class CurveTests
{
    [Fact]
    public async Task Items_that_say_where_they_are_make_a_curve()
    {
        await using var pool = InProcessPool.Start();
        var observer = pool.Pools.Observe();
        var seen = ReadAsync(Training.LossesAsync(3, "end", pool.Gates, InProcessPool.Patience));
        await pool.Gates["end"].Entered;
        await pool.UntilAsync(_ => observer.Calls(new CallFilter()) is [{ Items: 3 }]);
        var curve = Assert.Single(observer.Curves(0).Curves);
        Assert.Equal([0, 1, 10, 0.5, 20, 1.0 / 3], curve.Points);
        Assert.True(observer.Call(curve.Call) is { HasCurve: true, State: "running", Method: "Training.LossesAsync" });
        pool.Gates["end"].Open();
        Assert.Equal(3, await seen);
    }

    [Fact]
    public async Task Numbers_of_a_progress_are_one_further_each_and_what_is_no_number_is_left_out()
    {
        await using var pool = InProcessPool.Start();
        var observer = pool.Pools.Observe();
        await using var call = new Ending(Training.ReportAsync([5, double.NaN, 7], "end", pool.Gates, new Progress<double>(), InProcessPool.Patience), pool.Gates["end"]);
        await pool.UntilAsync(_ => observer.Calls(new CallFilter()) is [{ Items: 3 }]);
        Assert.Equal([0, 5, 1, 7], Assert.Single(observer.Curves(0).Curves).Points);
    }

    [Fact]
    public async Task Words_are_counted_and_are_no_curve()
    {
        await using var pool = InProcessPool.Start();
        var observer = pool.Pools.Observe();
        Assert.Equal(4, await ReadAsync(Training.WordsAsync(4)));
        Assert.True(Assert.Single(observer.Calls(new CallFilter())) is { Items: 4, HasCurve: false });
        Assert.Empty(observer.Curves(0).Curves);
    }

    [Fact]
    public void Whoever_goes_on_from_what_a_look_said_gets_each_point_once() =>
        Gen.Select(Gen.Int[1, 30].Array[1, 40], Gen.Int[1, 3]).Sample(static (runs, curves) =>
        {
            var clock = new CurveClock();
            var all = Enumerable.Range(0, curves).Select(_ => new Curve(clock)).ToArray();
            var seen = all.Select(static _ => new List<double>()).ToArray();
            var (after, next) = (0L, 0.0);
            foreach (var run in runs)
            {
                for (var i = 0; i < run; i++) all[i % curves].Add(next, next++ * 2);
                var until = clock.Now;
                for (var i = 0; i < curves; i++) seen[i].AddRange(all[i].Between("1", after, until)?.Points ?? []);
                after = until;
            }

            for (var i = 0; i < curves; i++) Assert.Equal(all[i].Between("1", 0, clock.Now)?.Points ?? [], seen[i]);
        });

    [Fact]
    public void Long_curve_stays_a_curve_from_its_beginning_and_bounded()
    {
        var clock = new CurveClock();
        var curve = new Curve(clock);
        for (var i = 0; i < 100_000; i++) curve.Add(null, i);
        var points = curve.Between("1", 0, clock.Now)!.Points;
        Assert.InRange(points.Length / 2, Curve.MostPoints / 2, Curve.MostPoints);
        Assert.Equal((0, 0), (points[0], points[1]));
        Assert.InRange(points[^1], 99_000, 99_999);
        var steps = points.Where(static (_, at) => at % 2 == 0).ToArray();
        Assert.Single(steps.Zip(steps.Skip(1), static (one, next) => next - one).Distinct());
    }

    [Fact]
    public void Whoever_looked_before_a_curve_was_thinned_gets_all_of_it_anew()
    {
        var clock = new CurveClock();
        var curve = new Curve(clock);
        for (var i = 0; i < Curve.MostPoints - 1; i++) curve.Add(null, i);
        var before = clock.Now;
        Assert.Null(curve.Between("1", before, clock.Now));
        curve.Add(null, 0);
        Assert.True(curve.Between("1", before, clock.Now) is { Whole: true, Points.Length: Curve.MostPoints });
    }

    [Theory]
    [InlineData(2.5f, null, 2.5)]
    [InlineData((byte)7, null, 7.0)]
    public void Any_number_is_one(object item, double? x, double y) => Assert.Equal((true, x, y), (Numbers.TryRead(item, out var place, out var height), place, height));

    [Fact]
    public void Two_numbers_are_a_place_and_other_pairs_are_not()
    {
        Assert.Equal((true, 3.0, 0.5), (Numbers.TryRead((3, 0.5), out var x, out var y), x, y));
        Assert.False(Numbers.TryRead(("3", 0.5), out _, out _));
        Assert.False(Numbers.TryRead((3, double.PositiveInfinity), out _, out _));
        Assert.False(Numbers.TryRead(true, out _, out _) || Numbers.TryRead('a', out _, out _) || Numbers.TryRead(null, out _, out _));
        Assert.Equal((true, 9.0), (Numbers.TryRead(9m, out _, out y), y));
        Assert.Equal((false, true, true, false), (NumbersOf<string>.MayBe, NumbersOf<int?>.MayBe, NumbersOf<Loss>.MayBe, NumbersOf<DateTime>.MayBe));
    }

    private static async Task<int> ReadAsync<T>(IAsyncEnumerable<T> items)
    {
        var count = 0;
        await foreach (var _ in items) count++;
        return count;
    }

    private sealed class Ending(Task call, Gate gate) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            gate.Open();
            await call;
        }
    }
}
