namespace Flame;

/// <summary>What a pool has and does at one moment.</summary>
/// <param name="Pool">The pool's name.</param>
/// <param name="Ready">Executors that take calls.</param>
/// <param name="Booting">Executors that are on their way.</param>
/// <param name="Draining">Executors that finish what they have.</param>
/// <param name="Running">Calls that hold a slot.</param>
/// <param name="Waiting">Calls that wait for one.</param>
/// <param name="BootFailuresInARow">Boots that failed since the last that did not.</param>
/// <param name="CastFailures">Casts that failed after their hand-over, since the start.</param>
/// <param name="Executors">The executors, by name.</param>
public sealed record FlamePoolStats(
    string Pool, int Ready, int Booting, int Draining, int Running, int Waiting, int BootFailuresInARow, long CastFailures,
    IReadOnlyList<ExecutorStats> Executors)
{
    /// <summary>Executors present: ready, booting and draining.</summary>
    public int Count => Ready + Booting + Draining;
}

/// <summary>What one executor does at one moment.</summary>
/// <param name="Name">Its name: <c>gpu/3</c>.</param>
/// <param name="Description">What its backend calls it: <c>process 4711</c>; empty while it boots.</param>
/// <param name="Running">Calls that it has.</param>
/// <param name="BootTime">How long its boot took; <see langword="null"/> while it boots.</param>
public sealed record ExecutorStats(string Name, string Description, int Running, TimeSpan? BootTime);
