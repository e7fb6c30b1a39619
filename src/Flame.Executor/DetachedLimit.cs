namespace Flame.Executor;

/// <summary>What a detached call has of time when its parent is gone.</summary>
/// <param name="Milliseconds">Its budget; negative: none of its own.</param>
/// <param name="Since">When that began, on the executor's clock.</param>
internal sealed record DetachedLimit(long Milliseconds, long Since)
{
    public TimeSpan? Left(TimeProvider time) =>
        Milliseconds < 0 ? null : TimeSpan.FromMilliseconds(Math.Min(Milliseconds, int.MaxValue)) - time.GetElapsedTime(Since);
}
