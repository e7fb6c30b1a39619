using System.Diagnostics;

namespace Flame.Model;

/// <summary>The command <c>states</c>: every bound in turn, until the states that may be kept are used up.</summary>
internal static class StateRuns
{
    public static int Run(int mostStates, TextWriter output)
    {
        var watch = Stopwatch.StartNew();
        long states = 0, transitions = 0;
        var (whole, all, interleavings) = (0, 0, 0.0);
        var bounds = Bounds.All.ToArray();
        var left = mostStates;
        output.WriteLine("states | transitions | orders of events | longest shortest way | bounds");
        foreach (var bound in bounds)
        {
            all++;
            if (left <= 0) break;
            var exploration = new Exploration(bound);
            exploration.Run(left);
            left -= exploration.States;
            if (exploration.Finding is { } finding)
            {
                output.WriteLine($"{bound}: {finding.Promise}");
                foreach (var move in finding.Events) output.WriteLine($"  {move}");
                return 1;
            }

            var orders = exploration.Interleavings();
            (states, transitions, interleavings) = (states + exploration.States, transitions + exploration.Transitions, interleavings + orders);
            if (exploration.Whole) whole++;
            output.WriteLine($"{exploration.States:N0} | {exploration.Transitions:N0} | {orders:0.0e+0} | {exploration.Depth} | {bound}{(exploration.Whole ? "" : " — not to its end")}");
        }

        output.WriteLine($"{states:N0} states, {transitions:N0} transitions, {interleavings:0.0e+0} orders of events in {watch.Elapsed.TotalSeconds:0} s; {whole} of {bounds.Length} bounds to their end; every promise was kept.");
        return 0;
    }
}
