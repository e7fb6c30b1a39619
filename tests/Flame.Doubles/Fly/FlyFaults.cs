using System.Collections.Concurrent;

namespace Flame.Doubles.Fly;

/// <summary>What goes wrong with one call.</summary>
/// <param name="Status">The status that is answered; 0: the connection breaks.</param>
/// <param name="Body">The body that is answered.</param>
/// <param name="AfterCommit">Whether what was asked for happens all the same.</param>
public sealed record FlyFault(int Status, string Body = "", bool AfterCommit = false)
{
    public TimeSpan? RetryAfter { get; init; }

    public TimeSpan Delay { get; init; }

    public string ContentType { get; init; } = "application/json";

    /// <summary>The connection breaks before anything happens.</summary>
    public static FlyFault Lost { get; } = new(0);

    /// <summary>It happens, and nobody hears of it.</summary>
    public static FlyFault LostAnswer { get; } = new(0, AfterCommit: true);

    public static FlyFault Unavailable { get; } = new(503, """{"error":"service unavailable"}""");

    public static FlyFault CommittedThenFailed { get; } = new(500, """{"error":"internal error"}""", AfterCommit: true);

    public static FlyFault CommittedThenTimeout { get; } = new(408, """{"error":"deadline_exceeded: request timed out"}""", AfterCommit: true);

    public static FlyFault HostFull { get; } = new(409, """{"error":"aborted: could not reserve resource for machine: insufficient memory available to fulfill request on the current host"}""");

    public static FlyFault RegionFull { get; } = new(422, """{"error":"could not find a candidate host","status":"insufficient_capacity"}""");

    public static FlyFault Throttled { get; } = new(429, """{"error":"rate limit exceeded"}""");

    public static FlyFault Slow(TimeSpan delay) => new(-1) { Delay = delay };
}

/// <summary>What goes wrong with one machine after it was created.</summary>
public enum MachineFault
{
    None,

    /// <summary>It never leaves <c>created</c>.</summary>
    StuckInCreated,

    /// <summary>It takes <see cref="FlyFaults.SlowBoot"/> longer to start.</summary>
    SlowBoot,

    /// <summary>Its process cannot be started, and Fly destroys it.</summary>
    LaunchFails,

    /// <summary>It ends in <c>failed</c> and stays.</summary>
    Fails,

    /// <summary>Its process ends with code 1 before it does anything.</summary>
    ExitsAtOnce,
}

/// <summary>What goes wrong, scripted: the next call of an action, every one, or some of them by a seeded chance. Thread-safe.</summary>
public sealed class FlyFaults(int seed)
{
    private readonly Random _random = new(seed);
    private readonly ConcurrentDictionary<string, ConcurrentQueue<FlyFault>> _next = new();
    private readonly ConcurrentDictionary<string, (double Chance, FlyFault Fault)> _chances = new();
    private readonly ConcurrentQueue<MachineFault> _machines = new();
    private (double Chance, MachineFault Fault) _machineChance;

    /// <summary>How long a new machine is missing from lists.</summary>
    public TimeSpan ListLag { get; set; }

    public TimeSpan SlowBoot { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Until when every call is answered 503.</summary>
    public DateTimeOffset DownUntil { get; set; }

    /// <summary>The next calls of an action (<c>create</c>, <c>get</c>, <c>list</c>, <c>wait</c>, <c>start</c>, <c>stop</c>, <c>destroy</c>, <c>update</c>, <c>lease</c>, …), one fault each.</summary>
    public void Next(string action, params FlyFault[] faults)
    {
        foreach (var fault in faults) _next.GetOrAdd(action, _ => new ConcurrentQueue<FlyFault>()).Enqueue(fault);
    }

    /// <summary>Some calls of an action, or all with a chance of 1; <c>*</c> means every action.</summary>
    public void Sometimes(string action, double chance, FlyFault fault) => _chances[action] = (chance, fault);

    public void Never(string action) => _chances.TryRemove(action, out _);

    public void NextMachine(params MachineFault[] faults)
    {
        foreach (var fault in faults) _machines.Enqueue(fault);
    }

    public void SometimesMachine(double chance, MachineFault fault) => _machineChance = (chance, fault);

    /// <summary>Draws the fault of the next call.</summary>
    public FlyFault? Of(string action)
    {
        if (_next.TryGetValue(action, out var queue) && queue.TryDequeue(out var fault)) return fault;
        foreach (var key in new[] { action, "*" })
        {
            if (_chances.TryGetValue(key, out var some) && Happens(some.Chance)) return some.Fault;
        }

        return null;
    }

    internal MachineFault OfMachine() =>
        _machines.TryDequeue(out var fault) ? fault : Happens(_machineChance.Chance) ? _machineChance.Fault : MachineFault.None;

    private bool Happens(double chance)
    {
        lock (_random) return chance > 0 && _random.NextDouble() < chance;
    }
}
