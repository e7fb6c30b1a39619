using Flame.Mapping;
using Xunit;

namespace Flame.Tests.Mapping;

/// <summary>One planned run, and what must hold of every run.</summary>
internal sealed class MapWorld(MapPlan plan) : IDisposable
{
    private readonly CancellationTokenSource _cancel = new();
    private readonly List<FlameResult<int, int>> _taken = [];
    private readonly List<int> _started = [];
    private int _pulled;
    private int _running;
    private int _takes;
    private bool _sourceEntered;
    private bool _sourceDisposed;
    private Exception? _error;

    public void Dispose() => _cancel.Dispose();

    public async Task RunAsync()
    {
        var map = new FlameMap<int, int>(Source(), CallAsync, new FlameMapOptions { Order = plan.Order, OnError = plan.OnError }, plan.InFlight, _cancel.Token);
        try
        {
            await foreach (var result in map)
            {
                Interlocked.Increment(ref _takes);
                _taken.Add(result);
                if (_taken.Count > plan.EndAt && plan.Ending == MapEnding.Break) break;
                if (_taken.Count > plan.EndAt && plan.Ending == MapEnding.ConsumerThrows) throw new TimeZoneNotFoundException();
                if (_taken.Count > plan.EndAt && plan.Ending == MapEnding.Cancel) await _cancel.CancelAsync();
                for (var turn = 0; turn < plan.ConsumerTurns; turn++) await Task.Yield();
            }
        }
        catch (Exception e) when (e is not Xunit.Sdk.XunitException)
        {
            _error = e;
        }

        Check();
    }

    private async IAsyncEnumerable<int> Source()
    {
        _sourceEntered = true;
        try
        {
            for (var item = 0; item < plan.Items; item++)
            {
                if (item == plan.EndAt && plan.Ending == MapEnding.SourceThrows) throw new InsufficientMemoryException();
                if (item % 3 == 0) await Task.Yield();
                Bounded(Interlocked.Increment(ref _pulled));
                yield return item;
            }
        }
        finally
        {
            _sourceDisposed = true;
        }
    }

    private async ValueTask<int> CallAsync(int item, CancellationToken ct)
    {
        lock (_started) _started.Add(item);
        Assert.InRange(Interlocked.Increment(ref _running), 1, plan.InFlight);
        try
        {
            if (plan.Fates[item] == CallFate.ThrowsAtOnce) throw new InvalidDataException($"{item}");
            for (var turn = 0; turn < plan.Turns[item]; turn++)
            {
                await Task.Yield();
                if (item % 2 == 0) ct.ThrowIfCancellationRequested();
            }

            return plan.Fates[item] switch
            {
                CallFate.Throws => throw new InvalidDataException($"{item}"),
                CallFate.GivesUp => throw new OperationCanceledException($"{item}"),
                _ => -item,
            };
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    // The one result that may have been handed over and not counted yet is no longer in flight.
    private void Bounded(int pulled) => Assert.InRange(pulled - Volatile.Read(ref _takes), 0, plan.InFlight + 1);

    private void Check()
    {
        Assert.Equal(0, _running);
        Assert.Equal(_sourceEntered, _sourceDisposed);
        Assert.Equal(_started.Count, _started.Distinct().Count());
        Assert.Equal(Enumerable.Range(0, _started.Count), _started.Order());
        Assert.All(_taken, result =>
        {
            Assert.Equal(result.Input, result.Index);
            if (result.Succeeded) Assert.Equal(-result.Input, result.Value);
            else Assert.Equal($"{result.Input}", result.Error!.Message);
            Assert.Equal(result.Succeeded, !plan.Fails(result.Index));
        });
        Assert.Equal(_taken.Count, _taken.Select(r => r.Index).Distinct().Count());
        if (plan.Order == FlameOrder.Input) Assert.Equal(Enumerable.Range(0, _taken.Count), _taken.Select(r => r.Input));
        if (plan.OnError == FlameOnError.Throw) Assert.All(_taken, result => Assert.True(result.Succeeded));
        CheckEnd();
    }

    private void CheckEnd()
    {
        switch (_error)
        {
            case null when plan.Ending == MapEnding.Break && _taken.Count > plan.EndAt:
                break;
            case null:
                Assert.Equal(plan.Items, _taken.Count);
                break;
            case TimeZoneNotFoundException:
                Assert.Equal(plan.EndAt + 1, _taken.Count);
                break;
            case InsufficientMemoryException:
                Assert.Equal(MapEnding.SourceThrows, plan.Ending);
                break;
            case OperationCanceledException cancelled when plan.Ending == MapEnding.Cancel && cancelled.CancellationToken == _cancel.Token:
                Assert.Equal(plan.EndAt + 1, _taken.Count);
                break;
            default:
                Assert.Equal(FlameOnError.Throw, plan.OnError);
                var failed = int.Parse(_error.Message);
                Assert.True(plan.Fails(failed));
                if (plan.Order == FlameOrder.Input) Assert.Equal((failed, failed), (_taken.Count, Enumerable.Range(0, plan.Items).First(i => plan.Fails(i))));
                break;
        }
    }
}
