using Flame.Links;
using Flame.Wire;
using Microsoft.Extensions.Time.Testing;

namespace Flame.Executor.Tests.Links;

/// <summary>When an executor's process ends by force. On its own clock, so that no busy machine changes it.</summary>
public sealed class TerminatorTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly TaskCompletionSource _killed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Terminator _terminator;
    private ScriptedParent? _parent;

    public TerminatorTests() => _terminator = new Terminator(_time, () => _killed.TrySetResult());

    [Fact]
    public void Executor_without_a_parent_has_five_seconds_from_there_to_its_end_at_most() =>
        Assert.InRange(Terminator.OrphanLimit + Terminator.ExitLimit, TimeSpan.Zero, TimeSpan.FromSeconds(5));

    [Fact]
    public async Task Executor_whose_parent_is_gone_is_ended_by_force_when_its_limit_is_reached_and_not_before()
    {
        await RunAsync(FrameFlags.None, limit: -1);

        _terminator.ParentGone();

        await EndsAfterAsync(Terminator.OrphanLimit);
    }

    [Fact]
    public async Task Executor_with_a_detached_call_has_what_that_has_left_first()
    {
        await RunAsync(FrameFlags.Detached, limit: 60_000);

        _terminator.ParentGone();

        await EndsAfterAsync(TimeSpan.FromMinutes(1) + Terminator.OrphanLimit);
    }

    [Fact]
    public void Executor_whose_parent_goes_before_it_has_a_link_is_ended_at_once()
    {
        _terminator.ParentGone();

        Assert.True(_killed.Task.IsCompleted);
    }

    [Fact]
    public async Task Shortest_limit_counts()
    {
        _terminator.Limit(TimeSpan.FromSeconds(30));
        _terminator.Limit(TimeSpan.FromSeconds(2));
        _terminator.Limit(TimeSpan.FromSeconds(20));

        await EndsAfterAsync(TimeSpan.FromSeconds(2));
    }

    public async ValueTask DisposeAsync()
    {
        if (_parent is not null) await _parent.DisposeAsync();
    }

    private async Task RunAsync(FrameFlags flags, long limit)
    {
        var gate = WireWork.NewGate();
        _parent = await ScriptedParent.StartAsync(new PipeCarrier());
        await _parent.CallAsync(1, "HoldAsync", WireWork.HoldArguments(gate), limit, flags: flags);
        await WireWork.GateOf(gate).Entered.Patiently();
        _terminator.Serve(_parent.Host);
    }

    private async Task EndsAfterAsync(TimeSpan limit)
    {
        _time.Advance(limit - TimeSpan.FromMilliseconds(1));
        LookAgain();
        await Task.Yield();
        Assert.False(_killed.Task.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        LookAgain();
        await _killed.Task.Patiently();
    }

    // It waits in real time, and looks at its clock when it is told of a limit.
    private void LookAgain() => _terminator.Limit(TimeSpan.FromDays(1));
}
