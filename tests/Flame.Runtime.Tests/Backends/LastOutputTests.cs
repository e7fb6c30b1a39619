using Flame.Backends;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Flame.Tests.Backends;

public sealed class LastOutputTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly FakeTimeProvider _time = new();
    private readonly TaskCompletionSource _read = new();
    private long _bytes;

    [Fact]
    public async Task Wait_ends_with_the_pipes()
    {
        var wait = Start();
        _read.SetResult();
        await wait.WaitAsync(s_patience);
    }

    [Fact]
    public async Task Parent_that_is_late_to_read_still_reads_to_the_end()
    {
        var wait = Start();
        for (var round = 0; round < LastOutput.Rounds - 1; round++)
        {
            Interlocked.Increment(ref _bytes);
            await NextRoundAsync(round + 1);
            Assert.False(wait.IsCompleted);
        }

        _read.SetResult();
        await wait.WaitAsync(s_patience);
    }

    [Fact]
    public async Task Wait_for_pipes_that_somebody_else_holds_ends_when_nothing_comes()
    {
        var wait = Start();
        await UntilEndedAsync(wait);
        Assert.Equal(2, _asked);
    }

    [Fact]
    public async Task Wait_for_a_child_that_prints_for_ever_ends_too()
    {
        var wait = LastOutput.ReadAsync(_read.Task, () => Interlocked.Increment(ref _bytes), _time);
        await UntilEndedAsync(wait);
        Assert.Equal(2 * LastOutput.Rounds, _bytes);
    }

    private int _asked;

    private Task Start() => LastOutput.ReadAsync(
        _read.Task,
        () =>
        {
            Interlocked.Increment(ref _asked);
            return Interlocked.Read(ref _bytes);
        },
        _time);

    // Each round asks twice: before it waits, and after.
    private async Task NextRoundAsync(int round)
    {
        using var limit = new CancellationTokenSource(s_patience);
        while (Volatile.Read(ref _asked) < (2 * round) + 1)
        {
            limit.Token.ThrowIfCancellationRequested();
            _time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }
    }

    private async Task UntilEndedAsync(Task wait)
    {
        using var limit = new CancellationTokenSource(s_patience);
        while (!wait.IsCompleted)
        {
            limit.Token.ThrowIfCancellationRequested();
            _time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }
    }
}
