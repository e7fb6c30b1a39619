using Flame.Executor.Tests.InProcess;
using Flame.Executor.Tests.Live;
using Flame.Observation;

namespace Flame.Executor.Tests.Observation;

/// <summary>Arguments for somebody who asks, and what nobody is shown.</summary>
public sealed class ArgumentTests
{
    [Fact]
    public async Task Arguments_are_shown_while_a_call_is_open_and_where_it_failed()
    {
        await using var pool = InProcessPool.Start();
        var observer = pool.Pools.Observe();
        var call = Reporting.CountAndWaitAsync(3, "end", pool.Gates, new Progress<int>(), InProcessPool.Patience);
        await pool.Gates["end"].Entered;
        var id = observer.Calls(new CallFilter())[0].Id;
        Assert.Equal(
            [new ArgumentView("to", "int", "3"), new ArgumentView("gate", "string", "\"end\""), new ArgumentView("progress", "IProgress<int>", "(stays with its caller)")],
            observer.Arguments(id)!);
        pool.Gates["end"].Open();
        await call;
        Assert.Null(observer.Arguments(id));

        await Assert.ThrowsAsync<InvalidDataException>(() => Work.FailAsync("broken"));
        Assert.Equal("\"broken\"", Assert.Single(observer.Arguments(observer.Calls(new CallFilter(State: "failed"))[0].Id)!).Text);
        Assert.Null(observer.Arguments("4711"));
    }

    [Fact]
    public async Task What_is_secret_by_name_or_by_mark_is_not_shown()
    {
        await using var pool = InProcessPool.Start();
        var observer = pool.Pools.Observe();
        await Assert.ThrowsAsync<InvalidDataException>(() => Training.OpenAsync("ann", "hunter2", "in the cellar", [1, 2]));
        var shown = observer.Arguments(observer.Calls(new CallFilter())[0].Id)!;
        Assert.Equal([("user", "\"ann\""), ("password", "(hidden)"), ("where", "(hidden)"), ("floors", "[1, 2]")], shown.Select(static one => (one.Name, one.Text)));
    }

    [Fact]
    public void Values_are_plain_or_a_type_and_never_long()
    {
        Assert.Equal("null", ValueText.Of(null));
        Assert.Equal("\"a\\nb\"", ValueText.Of("a\nb"));
        Assert.Equal("(1, \"x\", true)", ValueText.Of((1, "x", true)));
        Assert.Equal("[0, 1, 2, 3, 4, 5, 6, 7, … 992 more]", ValueText.Of(Enumerable.Range(0, 1000).ToArray()));
        Assert.Equal("[[[{int[]}]]]", ValueText.Of(new[] { new[] { new[] { new[] { 1 } } } }));
        Assert.Equal("Dictionary<string, int> of 1", ValueText.Of(new Dictionary<string, int> { ["secret"] = 1 }));
        Assert.Equal("{Loss}", ValueText.Of(new Loss(1, 2)));
        Assert.Equal("0.5", ValueText.Of(0.5));
        Assert.Equal("Friday", ValueText.Of(DayOfWeek.Friday));
        Assert.Equal("00:01:30", ValueText.Of(TimeSpan.FromSeconds(90)));
        Assert.InRange(ValueText.Of(new string('x', 100_000)).Length, 200, 240);
        Assert.Equal("(int, string)[]", ValueText.OfType(typeof((int, string)[])));
        Assert.Equal("List<DayOfWeek?>", ValueText.OfType(typeof(List<DayOfWeek?>)));
    }
}
