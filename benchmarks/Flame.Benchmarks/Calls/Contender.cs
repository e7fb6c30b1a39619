using System.Diagnostics;

namespace Flame.Benchmarks;

/// <summary>One way to call a method of another process.</summary>
/// <param name="Name">As the report shows it.</param>
/// <param name="Peer">Whom it is compared with; its own name: it is the yardstick.</param>
/// <param name="Call">Makes one call.</param>
/// <param name="Server">The process that answers.</param>
internal sealed record Contender(string Name, string Peer, Func<Request, Task<Response>> Call, Process Server)
{
    /// <summary>The processor time that both processes have had so far.</summary>
    public TimeSpan ProcessorTime() => ProcessorTimeWith(Server);

    /// <summary>Whether it takes more than one call at a time.</summary>
    public bool TakesMany { get; init; } = true;

    /// <summary>That of this process and another.</summary>
    public static TimeSpan ProcessorTimeWith(Process server)
    {
        using var own = Process.GetCurrentProcess();
        server.Refresh();
        return own.TotalProcessorTime + server.TotalProcessorTime;
    }
}

internal static class ContenderFigures
{
    public static void Add(this Report report, string what, string unit, Contender contender, double value) => report.Add(what, unit, contender.Name, contender.Peer, value);
}
