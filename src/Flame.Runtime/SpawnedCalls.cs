using Flame.CompilerServices;
using Flame.Links;

namespace Flame;

/// <summary>
/// The spawned calls of one <see cref="FlamePools"/>: all that have not ended, and those that have for as long as each is
/// kept, at most <see cref="MostEnded"/> of them. Thread-safe.
/// </summary>
internal sealed class SpawnedCalls(TimeProvider time) : IDisposable
{
    /// <summary>Ended calls that are kept; beyond it, the one that ended first is forgotten.</summary>
    public const int MostEnded = 10_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, FlameCall> _calls = new(StringComparer.Ordinal);
    private readonly LinkedList<EndedCall> _ended = [];
    private bool _disposed;

    /// <summary>Ended calls that can still be found.</summary>
    public int EndedCount
    {
        get
        {
            lock (_gate) return _ended.Count;
        }
    }

    public FlameCall? Find(string id)
    {
        lock (_gate) return _calls.GetValueOrDefault(id);
    }

    /// <summary>Starts the call on the pool that it names. Never throws: what fails at once is a failed call.</summary>
    public static void Start<TArguments, TArgumentsCodec, TResult, TResultCodec>(
        FlameCall call, FlamePools? pools, RemoteMethod method, in TArguments arguments, FlameCallOptions? options)
        where TArgumentsCodec : struct, IPayloadCodec<TArguments>
        where TResultCodec : struct, IPayloadCodec<TResult>
    {
        try
        {
            pools ??= FlamePools.Current;
            pools.Spawned.Keep(call, pools[call.Pool].SpawnAsync<TArguments, TArgumentsCodec, TResult, TResultCodec>(call, method, arguments, options, call.Token), options);
        }
        catch (InvalidOperationException e)
        {
            call.Follow(Task.FromException<TResult>(e));
            call.Release();
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            foreach (var ended in _ended) ended.Timer?.Dispose();
            _ended.Clear();
            _calls.Clear();
        }
    }

    private void Keep(FlameCall call, Task end, FlameCallOptions? options)
    {
        call.Follow(end);
        lock (_gate)
        {
            if (!_disposed) _calls.Add(call.Id, call);
        }

        var keepFor = options?.KeepFor ?? FlameCallOptions.DefaultKeepFor;
        end.ContinueWith(_ => Ended(call, keepFor), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private void Ended(FlameCall call, TimeSpan keepFor)
    {
        call.Release();
        lock (_gate)
        {
            if (_disposed) return;
            var ended = _ended.AddLast(new EndedCall(call.Id));
            if (keepFor == TimeSpan.Zero) Forget(ended);
            else if (keepFor != Timeout.InfiniteTimeSpan) ended.Value.Timer = time.CreateTimer(_ => Expired(ended), null, keepFor, Timeout.InfiniteTimeSpan);
            if (_ended.Count > MostEnded) Forget(_ended.First!);
        }
    }

    private void Expired(LinkedListNode<EndedCall> ended)
    {
        lock (_gate)
        {
            if (ended.List is not null) Forget(ended);
        }
    }

    private void Forget(LinkedListNode<EndedCall> ended)
    {
        ended.Value.Timer?.Dispose();
        _calls.Remove(ended.Value.Id);
        _ended.Remove(ended);
    }

    private sealed class EndedCall(string id)
    {
        public string Id { get; } = id;

        public ITimer? Timer { get; set; }
    }
}
