using Flame.Wire;

namespace Flame.Executor;

/// <summary>A call whose arguments are on their way.</summary>
/// <param name="Call">The call.</param>
/// <param name="Limit">Its budget in milliseconds when the first piece came; negative: none.</param>
/// <param name="Since">When that was.</param>
/// <param name="Arguments">What has come so far; the read loop's own.</param>
internal sealed record ArrivingCall(RunningCall Call, long Limit, long Since, Incoming Arguments);

/// <summary>
/// The calls of one executor from their first frame to their terminal one, and whether it takes more. A call that is
/// in no table has answered.
/// </summary>
internal sealed class RunningCalls(Lock gate)
{
    private readonly Dictionary<ulong, RunningCall> _running = [];
    private readonly Dictionary<ulong, ArrivingCall> _arriving = [];
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _draining;
    private bool _parentDone;

    /// <summary>Completes when no more are taken and none is left.</summary>
    public Task Idle => _idle.Task;

    /// <summary>Completes when, besides, the parent has said that it sends no more: nothing is lost on its way here.</summary>
    public Task Drained => _drained.Task;

    /// <summary>Whether the call is taken; else it must be refused.</summary>
    /// <exception cref="WireException">Its id is in use.</exception>
    public bool TryAdd(RunningCall call)
    {
        lock (gate)
        {
            CheckNew(call.Id);
            if (!_draining) _running.Add(call.Id, call);
            return !_draining;
        }
    }

    /// <summary>Whether the call is taken, once its arguments are whole.</summary>
    /// <exception cref="WireException">Its id is in use.</exception>
    public bool TryAdd(ArrivingCall arriving)
    {
        lock (gate)
        {
            CheckNew(arriving.Call.Id);
            if (!_draining) _arriving.Add(arriving.Call.Id, arriving);
            return !_draining;
        }
    }

    public RunningCall? Find(ulong id)
    {
        lock (gate) return _running.GetValueOrDefault(id);
    }

    /// <summary>What runs now, the most frequent first.</summary>
    public string Names()
    {
        const int most = 5;
        string[] names;
        lock (gate) names = [.. _running.Values.Select(static call => call.Method.Name)];
        var groups = names.GroupBy(static name => name).OrderByDescending(static group => group.Count()).ToArray();
        var shown = groups.Take(most).Select(static group => group.Count() == 1 ? group.Key : $"{group.Key} ×{group.Count()}");
        return string.Join(", ", groups.Length > most ? shown.Append("…") : shown);
    }

    public ArrivingCall? FindArriving(ulong id)
    {
        lock (gate) return _arriving.GetValueOrDefault(id);
    }

    /// <summary>Takes the call out again; <see langword="null"/> when it is not there.</summary>
    public ArrivingCall? Forget(ulong id)
    {
        lock (gate)
        {
            if (!_arriving.Remove(id, out var arriving)) return null;
            CheckEnd();
            return arriving;
        }
    }

    /// <summary>Its arguments are whole. Whether it was still there: another thread may have refused it.</summary>
    public bool TryStart(RunningCall call)
    {
        lock (gate)
        {
            if (!_arriving.Remove(call.Id)) return false;
            _running.Add(call.Id, call);
            return true;
        }
    }

    public void Remove(RunningCall call)
    {
        lock (gate)
        {
            _running.Remove(call.Id);
            CheckEnd();
        }
    }

    /// <summary>From now on no new one is taken. Those that arrive still start, unless they are given out: then they must be refused.</summary>
    /// <returns>Whether this is the first time.</returns>
    public bool StopTaking(bool alsoArriving, out ArrivingCall[] notStarted)
    {
        lock (gate)
        {
            notStarted = [];
            if (_draining) return false;
            _draining = true;
            if (alsoArriving) notStarted = TakeArriving();
            CheckEnd();
            return true;
        }
    }

    public void ParentSendsNoMore()
    {
        lock (gate)
        {
            _parentDone = true;
            CheckEnd();
        }
    }

    /// <summary>Nobody is left to send to: what arrives never will be whole, and who waits to send waits no more.</summary>
    /// <returns>What is running.</returns>
    public RunningCall[] LetGo()
    {
        lock (gate)
        {
            RunningCall[] running = [.. _running.Values];
            foreach (var call in running)
            {
                call.Outgoing.Close();
                call.BorrowedIfAny?.Stop(new OperationCanceledException("The link is closed."));
            }

            _draining = true;
            TakeArriving();
            CheckEnd();
            return running;
        }
    }

    // Their memory is left to the collector: the read loop may be writing to it.
    private ArrivingCall[] TakeArriving()
    {
        ArrivingCall[] arriving = [.. _arriving.Values];
        _arriving.Clear();
        return arriving;
    }

    private void CheckNew(ulong id)
    {
        if (_running.ContainsKey(id) || _arriving.ContainsKey(id)) throw new WireException($"the call id {id:x} is in use");
    }

    private void CheckEnd()
    {
        if (!_draining || _running.Count > 0 || _arriving.Count > 0) return;
        _idle.TrySetResult();
        if (_parentDone) _drained.TrySetResult();
    }
}
