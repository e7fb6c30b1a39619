using Flame.EndToEnd.Tests.Calls;

namespace Flame.EndToEnd.Tests.Limits;

/// <summary>Work items of this process that hold their threads until this is disposed.</summary>
internal sealed class BlockedThreads : IDisposable
{
    private readonly ManualResetEventSlim _open = new();
    private readonly CountdownEvent _inside;

    public BlockedThreads(int count)
    {
        _inside = new CountdownEvent(count);
        for (var thread = 0; thread < count; thread++) ThreadPool.UnsafeQueueUserWorkItem(static self => self.Block(), this, preferLocal: false);
    }

    /// <summary>Those that have not ended.</summary>
    public int Count => _inside.CurrentCount;

    /// <summary>Returns when no thread is held any more.</summary>
    public void Dispose()
    {
        _open.Set();
        Assert.True(_inside.Wait(Patience.Limit, TestContext.Current.CancellationToken));
    }

    private void Block()
    {
        _open.Wait(CancellationToken.None);
        _inside.Signal();
    }
}
