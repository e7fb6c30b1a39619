using Flame.CompilerServices;
using Flame.Pooling;

namespace Flame.Links;

// The runtime's own calls of one executor: they take no slot, wait in no queue and have no limit but the executor's life.
internal abstract partial class PendingCall
{
    /// <summary>Starts the call on this link. The payload is already written.</summary>
    public void BeginOn(ExecutorLink link, FlamePool pool, RemoteMethod method)
    {
        Pool = pool;
        Method = method;
        Budget = Timeout.InfiniteTimeSpan;
        _state = 0;
        Attempts = 0;
        _parties = 3; // the caller, the lease, and this method
        if (!Start(link))
        {
            TryFail(FlameErrors.Lost(pool.Name, link.Name, method.Name, mayHaveRun: false, "it takes no more calls"));
            LeaseEnded();
        }

        Left();
    }
}
