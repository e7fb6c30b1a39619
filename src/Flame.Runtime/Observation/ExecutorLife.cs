using Flame.Pooling;
using Flame.Telemetry;

namespace Flame.Observation;

/// <summary>When one executor began, how it came up, what it uses, and how it ended. Thread-safe.</summary>
internal sealed class ExecutorLife(string name, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly long _began = time.GetTimestamp();
    private readonly DateTimeOffset _beganAt = time.GetUtcNow();
    private string? _waitsFor;
    private long _readyAt;
    private BootParts _parts;
    private TimeSpan _spent;
    private long _spentAt;
    private double? _cpu;
    private long? _memory;

    /// <summary>Takes the times of its boot.</summary>
    public BootClock Clock { get; } = new(time);

    /// <summary>Where the time of its boot went; of one that still boots, so far.</summary>
    public BootParts Parts
    {
        get
        {
            lock (_gate) return _readyAt == 0 ? Clock.Parts() : _parts;
        }
    }

    /// <summary>What its boot waits for, in its platform's words.</summary>
    public string? WaitsFor
    {
        get => Volatile.Read(ref _waitsFor);
        set => Volatile.Write(ref _waitsFor, value);
    }

    /// <summary>How long its boot took; <see langword="null"/> while it boots.</summary>
    public TimeSpan? BootTime
    {
        get
        {
            lock (_gate) return _readyAt == 0 ? null : time.GetElapsedTime(_began, _readyAt);
        }
    }

    /// <summary>For how long it has been.</summary>
    public TimeSpan Age => time.GetElapsedTime(_began);

    public void Ready()
    {
        lock (_gate) (_readyAt, _parts) = (time.GetTimestamp(), Clock.Parts());
    }

    /// <summary>It said what it has used of processors so far, and how much memory it has.</summary>
    public void Uses(TimeSpan spent, long memory)
    {
        lock (_gate)
        {
            var now = time.GetTimestamp();
            if (_spentAt != 0 && spent >= _spent && time.GetElapsedTime(_spentAt, now) is { Ticks: > 0 } since) _cpu = (spent - _spent) / since;
            (_spent, _spentAt, _memory) = (spent, now, Math.Max(0, memory));
        }
    }

    /// <summary>The parts of its boot, in seconds since a moment; <see langword="null"/>: it was up by then.</summary>
    public PhaseView[]? BootIfLaterThan(long moment)
    {
        lock (_gate)
        {
            if (_readyAt != 0 && time.GetElapsedTime(moment, _readyAt) < TimeSpan.Zero) return null;
            return Phases(time.GetElapsedTime(moment, _began).TotalSeconds);
        }
    }

    public ExecutorView View(ExecutorSlot slot, string description, string? exitReason = null)
    {
        lock (_gate)
        {
            var state = exitReason is not null ? "gone" : slot.Phase switch
            {
                ExecutorPhase.Booting => "booting",
                ExecutorPhase.Ready => slot.InUse > 0 ? "busy" : "idle",
                _ => "draining",
            };
            return new ExecutorView(
                name, description, state, slot.InUse, _beganAt, exitReason is null ? null : time.GetUtcNow(), BootTime?.TotalSeconds, Phases(0),
                _readyAt == 0 && exitReason is null ? WaitsFor : null, exitReason is null ? _cpu : null, _memory, exitReason);
        }
    }

    // The parts follow one another, and the last ends when it was ready.
    private PhaseView[] Phases(double from)
    {
        var parts = Parts.Known().ToArray();
        var at = from + Math.Max(0, (BootTime?.TotalSeconds ?? 0) - parts.Sum(static part => part.Took.TotalSeconds));
        var phases = new PhaseView[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            phases[i] = new PhaseView(parts[i].Name, at, parts[i].Took.TotalSeconds, from == 0 ? null : name);
            at += parts[i].Took.TotalSeconds;
        }

        return phases;
    }
}
