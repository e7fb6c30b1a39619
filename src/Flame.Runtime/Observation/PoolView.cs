namespace Flame.Observation;

/// <summary>A process with pools, as it is at one moment.</summary>
/// <param name="Process">Its number.</param>
/// <param name="Program">What runs in it.</param>
/// <param name="Build">The identity of its build, as executors have to have it.</param>
/// <param name="StartedAt">When its pools began.</param>
/// <param name="At">The moment.</param>
/// <param name="Pools">Its pools, by name.</param>
internal sealed record ProcessView(int Process, string Program, string Build, DateTimeOffset StartedAt, DateTimeOffset At, PoolView[] Pools);

/// <summary>A pool, as it is at one moment.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Backend">What its executors are made by: <c>local</c>, <c>kubernetes</c>.</param>
/// <param name="Min">Executors kept ready.</param>
/// <param name="Max">Executors at most.</param>
/// <param name="MaxConcurrency">Calls that one executor runs at the same time.</param>
/// <param name="Queued">Calls that wait for a slot.</param>
/// <param name="Booting">Executors on their way.</param>
/// <param name="Idle">Executors without a call.</param>
/// <param name="Busy">Executors with calls.</param>
/// <param name="Draining">Executors that finish what they have.</param>
/// <param name="Running">Calls that hold a slot.</param>
/// <param name="Succeeded">Calls that gave a result, since they are watched.</param>
/// <param name="Failed">Calls that failed, since then.</param>
/// <param name="Cancelled">Calls that their callers gave up, since then.</param>
/// <param name="ExecutorSeconds">For how long its executors have existed, all together, those that are gone included.</param>
/// <param name="WaitsFor">What boots wait for, in the platform's words, each once: <c>2 × pod waits for a node: 0/3 nodes are available</c>.</param>
/// <param name="BootError">What the last boot that failed said; <see langword="null"/>: none, or one has succeeded since.</param>
/// <param name="Executors">Those that are there, and after them those that ended lately, latest first.</param>
internal sealed record PoolView(
    string Name, string Backend, int Min, int Max, int MaxConcurrency, int Queued, int Booting, int Idle, int Busy, int Draining, int Running,
    long Succeeded, long Failed, long Cancelled, double ExecutorSeconds, string[] WaitsFor, string? BootError, ExecutorView[] Executors);

/// <summary>An executor, as it is at one moment, or was at its end.</summary>
/// <param name="Name">Its name: <c>gpu/3</c>.</param>
/// <param name="Description">What its backend calls it: <c>process 4711</c>; empty while it has no place.</param>
/// <param name="State"><c>booting</c>, <c>idle</c>, <c>busy</c>, <c>draining</c> or <c>gone</c>.</param>
/// <param name="Running">Calls that it has.</param>
/// <param name="StartedAt">When its boot began.</param>
/// <param name="EndedAt">When it was gone.</param>
/// <param name="BootSeconds">How long its boot took; <see langword="null"/>: it boots, or never was up.</param>
/// <param name="Boot">Where that time went, as far as anybody knows, in order.</param>
/// <param name="WaitsFor">What its boot waits for, in the platform's words.</param>
/// <param name="Cpu">Processors that it uses: 1.5 are one and a half; <see langword="null"/>: not known yet.</param>
/// <param name="MemoryBytes">Its working set.</param>
/// <param name="ExitReason">How it ended, in words.</param>
internal sealed record ExecutorView(
    string Name, string Description, string State, int Running, DateTimeOffset StartedAt, DateTimeOffset? EndedAt, double? BootSeconds, PhaseView[] Boot,
    string? WaitsFor, double? Cpu, long? MemoryBytes, string? ExitReason);

/// <summary>A stretch of time in a boot or in a call.</summary>
/// <param name="Name">What went on: <c>schedule</c>, <c>image</c>, <c>runtime</c>, <c>connect</c>, <c>enter</c>; <c>queue</c>, <c>run</c>.</param>
/// <param name="At">When it began, in seconds since the boot or the call did.</param>
/// <param name="Seconds">How long it took, or has taken so far.</param>
/// <param name="Note">More of it: the executor that ran, or why it was left.</param>
internal sealed record PhaseView(string Name, double At, double Seconds, string? Note = null);

/// <summary>What a pool had at one second.</summary>
internal readonly record struct PoolMoment(DateTimeOffset At, int Queued, int Booting, int Idle, int Busy, int Draining, int Max);
