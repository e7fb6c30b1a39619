using Microsoft.Extensions.Logging;

namespace Flame.Backends;

/// <summary>What a backend is told before anything boots, and where it says what cannot work. Thread-safe.</summary>
public sealed class BackendOpening
{
    private readonly List<string> _problems = [];

    internal BackendOpening(IReadOnlyList<BackendPool> pools, string run, ILoggerFactory loggers, TimeProvider time) =>
        (Pools, Run, Loggers, Time) = (pools, run, loggers, time);

    /// <summary>The pools whose executors it will make.</summary>
    public IReadOnlyList<BackendPool> Pools { get; }

    /// <summary>Names this run of the parent among all others: 16 hexadecimal digits, random.</summary>
    public string Run { get; }

    /// <summary>Where it logs.</summary>
    public ILoggerFactory Loggers { get; }

    /// <summary>The clock of everything that waits.</summary>
    public TimeProvider Time { get; }

    internal string[] Problems
    {
        get
        {
            lock (_problems) return [.. _problems];
        }
    }

    /// <summary>
    /// Adds a problem; all of all backends are reported together, and nothing boots.
    /// </summary>
    /// <param name="problem">Its id, the setting's path, what is wrong and what to do: <c>FLM1103: Flame:Pools:gpu:Resources:Gpus — …</c>.</param>
    public void Problem(string problem)
    {
        lock (_problems) _problems.Add(problem);
    }
}

/// <summary>A pool that a backend makes executors for.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Options">Its options. Read-only by now.</param>
public sealed record BackendPool(string Name, FlamePoolOptions Options);
