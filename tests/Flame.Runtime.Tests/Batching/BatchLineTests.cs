using CsCheck;
using Flame.Batching;
using Xunit;

namespace Flame.Tests.Batching;

public sealed class BatchLineTests
{
    private static readonly Gen<(int Max, int Wait, (int Act, int Pick)[] Steps)> Lives =
        Gen.Select(Gen.Int[1, 5], Gen.Int[1, 20], Gen.Select(Gen.Int[0, 9], Gen.Int[0, 30]).Array[0, 80]);

    [Fact]
    public void Full_batch_leaves_at_once_and_in_order()
    {
        var line = new BatchLine<string>(3, 10);
        Assert.Null(line.Add("a", 0));
        Assert.Null(line.Add("b", 5));
        Assert.Equal(["a", "b", "c"], line.Add("c", 9)!);
        Assert.Null(line.NextDue);
    }

    [Fact]
    public void Batch_leaves_when_its_first_has_waited_and_not_before()
    {
        var line = new BatchLine<string>(3, 10);
        line.Add("a", 0);
        line.Add("b", 9);
        Assert.Null(line.TakeDue(9));
        Assert.Equal(10, line.NextDue);
        Assert.Equal(["a", "b"], line.TakeDue(10)!);
        Assert.Null(line.TakeDue(100));
    }

    [Fact]
    public void One_that_was_taken_back_does_not_leave_and_hurries_nobody()
    {
        var line = new BatchLine<string>(3, 10);
        line.Add("a", 0);
        line.Add("b", 5);
        Assert.True(line.Remove("a"));
        Assert.False(line.Remove("a"));
        Assert.Null(line.TakeDue(10));
        Assert.Equal(["b"], line.TakeDue(15)!);
    }

    [Fact]
    public void Every_item_leaves_once_in_order_in_time_and_in_no_batch_that_is_too_large() => Lives.Sample(
        life =>
        {
            var line = new BatchLine<object>(life.Max, life.Wait);
            var waiting = new List<(object Item, long Since)>();
            var now = 0L;
            foreach (var (act, pick) in life.Steps)
            {
                if (act < 6)
                {
                    waiting.Add((new object(), now));
                    var full = line.Add(waiting[^1].Item, now);
                    Assert.Equal(waiting.Count == life.Max, full is not null);
                    Left(full, waiting);
                }
                else if (act == 6 && waiting.Count > 0)
                {
                    var gone = waiting[pick % waiting.Count];
                    waiting.Remove(gone);
                    Assert.True(line.Remove(gone.Item));
                }
                else
                {
                    // As the timer does: it never comes later than what is due next.
                    now = Math.Min(now + pick, line.NextDue ?? long.MaxValue);
                    var due = line.TakeDue(now);
                    Assert.Equal(waiting.Count > 0 && waiting[0].Since + life.Wait == now, due is not null);
                    Left(due, waiting);
                }

                Assert.Equal(waiting.Count == 0 ? null : waiting[0].Since + life.Wait, line.NextDue);
            }

            Left(line.TakeAll(), waiting);
            Assert.Empty(waiting);
        },
        iter: 20_000, threads: 2);

    private static void Left(object[]? batch, List<(object Item, long Since)> waiting)
    {
        if (batch is null) return;
        Assert.Equal(waiting.Select(w => w.Item), batch);
        waiting.Clear();
    }
}
