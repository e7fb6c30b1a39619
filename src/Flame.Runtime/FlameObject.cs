using Flame.Placing;

namespace Flame;

/// <summary>
/// A handle of an object that lives in one executor: <c>await using var model = await flame.PlaceAsync("gpu", () => new Captioner(path))</c>.
/// Its public methods are called on the handle. It holds one slot of its executor until it is disposed. Thread-safe.
/// </summary>
/// <typeparam name="T">The class, marked <see cref="FlameObjectAttribute"/>.</typeparam>
/// <remarks>
/// The object is disposed there when the handle is, when the parent is gone, or when nothing was asked of it for as long as
/// its <see cref="FlamePlaceOptions.Lease"/>. When its executor is lost, waiting and later calls fail with
/// <see cref="ExecutorLostException"/>: an object is not durable and is not made again.
/// </remarks>
public sealed class FlameObject<T> : IAsyncDisposable where T : class
{
    private readonly TaskCompletionSource _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal FlameObject(PlacedLink link) => Link = link;

    internal FlameObject(T here) => Here = here;

    internal PlacedLink? Link { get; }

    internal T? Here { get; }

    /// <summary>The executor that it lives in; <see langword="null"/>: it lives here.</summary>
    public string? Executor => Link?.Executor;

    /// <summary>Completes when the object is gone, for whatever reason. Never fails.</summary>
    public Task Ended => Link?.Ended ?? _gone.Task;

    /// <summary>Ends the object: calls under way are answered first, then it is disposed.</summary>
    /// <returns>Completes when the object is gone and its slot is free.</returns>
    /// <exception cref="RemoteException">Disposing the object threw.</exception>
    public async ValueTask DisposeAsync()
    {
        if (Link is { } link)
        {
            await link.EndAsync().ConfigureAwait(false);
            return;
        }

        if (!_gone.TrySetResult()) return;
        if (Here is IAsyncDisposable asynchronous) await asynchronous.DisposeAsync().ConfigureAwait(false);
        else (Here as IDisposable)?.Dispose();
    }
}

/// <summary>Makes handles without a pool.</summary>
public static class FlameObject
{
    /// <summary>
    /// A handle of an object that lives here. A marked method returns one of an object that it has made: the object stays in
    /// its executor, and the caller gets a handle of it there. In tests of code that takes a handle, its calls are plain calls.
    /// </summary>
    /// <typeparam name="T">The class.</typeparam>
    /// <param name="here">The object; disposed with its handle.</param>
    /// <returns>The handle.</returns>
    public static FlameObject<T> InPlace<T>(T here) where T : class
    {
        ArgumentNullException.ThrowIfNull(here);
        return new FlameObject<T>(here);
    }
}

/// <summary>How a placed object is kept. Immutable.</summary>
public sealed record FlamePlaceOptions
{
    /// <summary>Whether its methods may run at the same time. Default: <see langword="false"/>, one after another, in the order of their calls.</summary>
    public bool Concurrent { get; init; }

    /// <summary>
    /// How long the object stays when nothing is asked of it; for handles that are never disposed. Above zero, at most 24 days.
    /// Default: <see cref="System.Threading.Timeout.InfiniteTimeSpan"/>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is out of range.</exception>
    public TimeSpan Lease
    {
        get;
        init
        {
            if (value != Timeout.InfiniteTimeSpan)
            {
                ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero, nameof(Lease));
                ArgumentOutOfRangeException.ThrowIfGreaterThan(value.TotalMilliseconds, int.MaxValue, nameof(Lease));
            }

            field = value;
        }
    }
    = Timeout.InfiniteTimeSpan;
}
