using System.Collections.Concurrent;

namespace Flame.Fly.Machines;

/// <summary>
/// Keeps calls within what Fly publishes: per action and machine (for a create: per application) one a second after a
/// burst of three; for a look at a machine five a second after ten. First come, first served. Thread-safe.
/// </summary>
internal sealed class CallPace(TimeProvider time)
{
    private readonly ConcurrentDictionary<(string Action, string Subject), Bucket> _buckets = new();

    /// <summary>Waits for the right to one call.</summary>
    /// <param name="action">The action.</param>
    /// <param name="subject">The machine or application.</param>
    /// <param name="waiting">Told once when it must wait.</param>
    /// <param name="ct">Gives the place in the line up; nothing is used up.</param>
    public Task WaitAsync(string action, string subject, Action? waiting, CancellationToken ct) => Of(action, subject).TakeAsync(waiting, ct);

    /// <summary>The API says that it was too much all the same: other programs call too.</summary>
    public void Hold(string action, string subject, TimeSpan wait) => Of(action, subject).Hold(wait);

    /// <summary>Nobody will call for it any more.</summary>
    public void Forget(string subject)
    {
        foreach (var key in _buckets.Keys)
        {
            if (key.Subject == subject) _buckets.TryRemove(key, out _);
        }
    }

    private Bucket Of(string action, string subject) =>
        _buckets.GetOrAdd((action, subject), static (key, time) => key.Action == MachinesCall.Get ? new Bucket(time, 5, 10) : new Bucket(time, 1, 3), time);

#pragma warning disable CA1001 // A semaphore whose wait handle nobody asks for has nothing to free.
    private sealed class Bucket(TimeProvider time, double perSecond, int burst)
#pragma warning restore CA1001
    {
        // The one in front waits for the next token; the others wait for him.
        private readonly SemaphoreSlim _line = new(1);
        private readonly Lock _gate = new();
        private double _used;
        private long _at = time.GetTimestamp();

        public async Task TakeAsync(Action? waiting, CancellationToken ct)
        {
            if (_line.CurrentCount == 0) Say();
            await _line.WaitAsync(ct).ConfigureAwait(false);
            try
            {
                while (!TryTake(out var wait))
                {
                    Say();
                    await Task.Delay(wait, time, ct).ConfigureAwait(false);
                }
            }
            finally
            {
                _line.Release();
            }

            void Say()
            {
                waiting?.Invoke();
                waiting = null;
            }
        }

        public void Hold(TimeSpan wait)
        {
            lock (_gate)
            {
                Refill();
                _used = Math.Max(_used, burst - 1 + (wait.TotalSeconds * perSecond));
            }
        }

        private bool TryTake(out TimeSpan wait)
        {
            lock (_gate)
            {
                Refill();
                wait = TimeSpan.Zero;
                if (_used <= burst - 1)
                {
                    _used++;
                    return true;
                }

                // Rounded up to the timer's own step: a wait that ends too early would only be another.
                wait = TimeSpan.FromMilliseconds(Math.Ceiling((_used - (burst - 1)) / perSecond * 1000));
                return false;
            }
        }

        private void Refill()
        {
            var now = time.GetTimestamp();
            _used = Math.Max(0, _used - (time.GetElapsedTime(_at, now).TotalSeconds * perSecond));
            _at = now;
        }
    }
}
