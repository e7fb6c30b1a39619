using Flame.Fly.Machines;
using Microsoft.Extensions.Time.Testing;

namespace Flame.Fly.Tests.Machines;

public sealed class CallPaceTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly CallPace _pace;

    public CallPaceTests() => _pace = new CallPace(_time);

    [Fact]
    public async Task Three_creates_go_at_once_and_the_others_one_a_second()
    {
        var creates = Enumerable.Range(0, 6).Select(_ => WaitAsync("create", "app")).ToArray();

        await Task.WhenAll(creates[..3]);
        for (var i = 3; i < 6; i++)
        {
            Assert.All(creates[i..], create => Assert.False(create.IsCompleted));
            _time.Advance(TimeSpan.FromSeconds(1));
            await creates[i];
        }
    }

    [Fact]
    public async Task Ten_looks_at_a_machine_go_at_once_and_the_others_five_a_second()
    {
        var looks = Enumerable.Range(0, 12).Select(_ => WaitAsync(MachinesCall.Get, "m1")).ToArray();

        await Task.WhenAll(looks[..10]);
        Assert.False(looks[10].IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(200));
        await looks[10];
        Assert.False(looks[11].IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(200));
        await looks[11];
    }

    [Fact]
    public async Task Actions_and_machines_do_not_wait_for_each_other()
    {
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => WaitAsync("wait", "m1")));

        await WaitAsync("wait", "m2");
        await WaitAsync("destroy", "m1");
        Assert.False(WaitAsync("wait", "m1").IsCompleted);
    }

    [Fact]
    public async Task Whoever_gives_up_leaves_its_place_to_the_next()
    {
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => WaitAsync("create", "app")));
        using var cancel = new CancellationTokenSource();
        var first = _pace.WaitAsync("create", "app", null, cancel.Token);
        var second = WaitAsync("create", "app");

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        _time.Advance(TimeSpan.FromSeconds(1));

        await second;
    }

    [Fact]
    public async Task Says_once_that_it_waits()
    {
        var said = 0;
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => _pace.WaitAsync("create", "app", () => said++, default)));
        Assert.Equal(0, said);

        var fourth = _pace.WaitAsync("create", "app", () => said++, default);
        _time.Advance(TimeSpan.FromSeconds(1));
        await fourth;

        Assert.Equal(1, said);
    }

    [Fact]
    public async Task Holds_everybody_back_when_the_api_says_that_it_was_too_much()
    {
        _pace.Hold("create", "app", TimeSpan.FromSeconds(7));

        var create = WaitAsync("create", "app");
        _time.Advance(TimeSpan.FromSeconds(6.9));
        Assert.False(create.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.2));

        await create;
    }

    private Task WaitAsync(string action, string subject) => _pace.WaitAsync(action, subject, null, CancellationToken.None);
}
