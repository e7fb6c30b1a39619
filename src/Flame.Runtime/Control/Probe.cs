using Flame.Observation;

namespace Flame.Control;

/// <summary>One executor of a pool that takes no calls: it is booted to see that it can be, and goes again. It comes beside what the pool has, and is not counted there.</summary>
internal sealed class Probe(FlamePool pool)
{
    private static int s_last;

    /// <summary>Boots it, and ends it.</summary>
    /// <param name="budget">How long its boot may take.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>What it was when it was up.</returns>
    /// <exception cref="BootFailedException">It could not be booted.</exception>
    public async Task<ExecutorView> BootAsync(TimeSpan budget, CancellationToken ct)
    {
        // Of its own name: the door knows executors by that.
        var surroundings = pool.Surroundings with { Within = $"doctor-{Interlocked.Increment(ref s_last)}/" };
        var probe = new FlamePool(pool.Name, pool.Options.OfProbe(budget), surroundings);
        try
        {
            await probe.StartAsync(ct).ConfigureAwait(false);
            return probe.Executors()[0];
        }
        finally
        {
            var drained = probe.DrainAsync();
            if (ct.IsCancellationRequested) probe.Stop();
            await drained.ConfigureAwait(false);
        }
    }
}
