using Flame.Telemetry;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Flame.Runtime.Tests.Telemetry;

public sealed class ExecutorTimeTests
{
    [Fact]
    public void Time_of_those_that_exist_and_of_those_that_are_gone_is_one_sum()
    {
        var time = new FakeTimeProvider();
        var sum = new ExecutorTime(time);
        time.Advance(TimeSpan.FromSeconds(10));
        var first = sum.Made();
        time.Advance(TimeSpan.FromSeconds(3));
        var second = sum.Made();
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(7, sum.Total.TotalSeconds);
        sum.Gone(first);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(8, sum.Total.TotalSeconds);
        sum.Gone(second);
        time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(8, sum.Total.TotalSeconds);
    }
}
