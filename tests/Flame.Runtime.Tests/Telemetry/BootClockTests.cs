using Flame.Telemetry;
using Flame.Wire;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Flame.Runtime.Tests.Telemetry;

/// <summary>What is known of a boot when, and what is left out because nobody knows it.</summary>
public sealed class BootClockTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly BootClock _clock;

    public BootClockTests() => _clock = new BootClock(_time);

    [Fact]
    public void Process_of_this_host_has_a_runtime_from_its_start_to_its_dialling()
    {
        _clock.Asked();
        After(5, _clock.ProcessBegins);
        After(90, () => _clock.Admitted(Hello(connect: 3)));
        After(7, () => Assert.Equal("runtime 87 ms, connect 3 ms, enter 7 ms", _clock.Parts().ToString()));
    }

    [Fact]
    public void Pod_has_all_parts_and_its_image_is_what_neither_the_cluster_nor_the_executor_took()
    {
        _clock.Asked();
        After(2_000, _clock.Scheduled);
        After(4_000, () => _clock.Admitted(Hello(runtime: 400, connect: 100)));
        After(800, () => Assert.Equal("schedule 2000 ms, image 3500 ms, runtime 400 ms, connect 100 ms, enter 800 ms", _clock.Parts().ToString()));
    }

    [Fact]
    public void What_nobody_knows_is_left_out()
    {
        Assert.Equal("", _clock.Parts().ToString());
        _clock.Asked();
        After(100, () => _clock.Admitted(Hello()));
        Assert.Equal("enter 0 ms", _clock.Parts().ToString());
    }

    [Fact]
    public void Boot_that_failed_on_its_way_has_the_parts_that_it_came_to()
    {
        _clock.Asked();
        After(30, _clock.Scheduled);
        After(1_000, () => Assert.Equal("schedule 30 ms", _clock.Parts().ToString()));
    }

    [Fact]
    public void Platform_that_says_the_same_again_changes_nothing()
    {
        _clock.Asked();
        After(30, _clock.Scheduled);
        After(30, _clock.Scheduled);
        Assert.Equal(TimeSpan.FromMilliseconds(30), _clock.Parts().Schedule);
    }

    [Fact]
    public void Executor_that_claims_more_than_there_was_is_not_believed()
    {
        _clock.Asked();
        After(10, _clock.Scheduled);
        After(10, () => _clock.Admitted(new ExecutorHello("", "", "", 1, []) { Runtime = TimeSpan.MaxValue, Connect = TimeSpan.FromMilliseconds(1) }));
        Assert.Equal("schedule 10 ms, connect 1 ms, enter 0 ms", _clock.Parts().ToString());
    }

    [Fact]
    public void Durations_of_an_executor_arrive_as_it_said_them()
    {
        var hello = ExecutorHello.Decode(new ExecutorHello("a", "b", "c", 1, ["d"]) { Runtime = TimeSpan.FromMilliseconds(7) }.Encode());
        Assert.Equal((TimeSpan.FromMilliseconds(7), null, "d"), (hello.Runtime, hello.Connect, hello.Assemblies.Single()));
    }

    private static ExecutorHello Hello(int? runtime = null, int? connect = null) => new("", "", "", 1, [])
    {
        Runtime = runtime is { } r ? TimeSpan.FromMilliseconds(r) : null,
        Connect = connect is { } c ? TimeSpan.FromMilliseconds(c) : null,
    };

    private void After(int milliseconds, Action happens)
    {
        _time.Advance(TimeSpan.FromMilliseconds(milliseconds));
        happens();
    }
}
