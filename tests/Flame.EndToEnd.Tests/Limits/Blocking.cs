using System.Collections.Concurrent;

namespace Flame.EndToEnd.Tests.Limits;

/// <summary>Methods that hold their thread until the test lets them go.</summary>
internal static class Blocking
{
    private static readonly ConcurrentDictionary<string, ManualResetEventSlim> s_gates = new();

    [Flame(Pool = "main")]
    public static Task<int> BlockAsync(string gate)
    {
        GateOf(gate).Wait(CancellationToken.None);
        return Task.FromResult(Environment.ProcessId);
    }

    [Flame(Pool = "main")]
    public static Task OpenAsync(string gate)
    {
        GateOf(gate).Set();
        return Task.CompletedTask;
    }

    public static ManualResetEventSlim GateOf(string gate) => s_gates.GetOrAdd(gate, static _ => new ManualResetEventSlim());
}
