using System.Globalization;
using Flame.Backends;
using Flame.Wire;
using Microsoft.Extensions.Logging.Abstractions;

namespace Flame.Control;

/// <summary>Looks whether a parent's pools can do what they are asked for, and says of each thing what to do.</summary>
internal sealed class Doctor(FlamePools pools, ControlRights rights)
{
    public async Task RunAsync(ControlRequest request, ControlOutput answers, CancellationToken ct)
    {
        var asked = pools.All.Where(pool => request.Pool is null || pool.Name.Equals(request.Pool, StringComparison.OrdinalIgnoreCase)).OrderBy(static pool => pool.Name, StringComparer.Ordinal).ToArray();
        if (asked.Length == 0) throw ControlException.NoPool(pools, request.Pool);
        foreach (var finding in MachineChecks.Run(pools.All.Where(IsLocal).Sum(static pool => pool.Options.Max))) await SayAsync(finding).ConfigureAwait(false);
        foreach (var pool in asked)
        {
            await SayAsync(Options(pool)).ConfigureAwait(false);
            foreach (var finding in await BackendAsync(pool, ct).ConfigureAwait(false)) await SayAsync(finding).ConfigureAwait(false);
            foreach (var finding in await ProbeAsync(pool, request.Seconds, ct).ConfigureAwait(false)) await SayAsync(finding).ConfigureAwait(false);
        }

        Task SayAsync(Finding finding) => answers.WriteAsync(new ControlAnswer { Finding = finding }, ct);
    }

    private static bool IsLocal(FlamePool pool) => pool.Backend is LocalProcessBackend;

    private static string Of(FlamePool pool) => $"pool {pool.Name}";

    private static Finding Options(FlamePool pool)
    {
        var problems = new List<string>();
        PoolValidation.Check(pool.Name, pool.Options, problems);
        return problems.Count == 0
            ? new Finding(Of(pool), "options", Finding.Fine, string.Create(CultureInfo.InvariantCulture, $"Min {pool.Options.Min}, Max {pool.Options.Max}, {pool.Options.MaxConcurrency} calls at once on each executor"))
            : new Finding(Of(pool), "options", Finding.Problem, string.Join(' ', problems), $"flame explain {problems[0][..7]}");
    }

    private static async Task<Finding[]> BackendAsync(FlamePool pool, CancellationToken ct)
    {
        var opening = new BackendOpening([new BackendPool(pool.Name, pool.Options)], "0000000000000000", NullLoggerFactory.Instance, pool.Time);
        try
        {
            await pool.Surroundings.Backend.OpenAsync(ct).ConfigureAwait(false);
            var checkedWhat = await pool.Backend.CheckAsync(opening, ct).ConfigureAwait(false);
            return opening.Problems.Length > 0 ? [.. opening.Problems.Select(Wrong)] : [new Finding(Of(pool), "backend", Finding.Fine, $"{pool.Backend.Name}: {checkedWhat}")];
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            return [Wrong(e.Message)];
        }

        Finding Wrong(string problem) => new(Of(pool), "backend", Finding.Problem, problem, ToDo(problem));
    }

    /// <summary>That an executor comes up shows its image, its rights, that it reaches this parent, and its build; nothing else does.</summary>
    private async Task<Finding[]> ProbeAsync(FlamePool pool, int? seconds, CancellationToken ct)
    {
        if (rights < ControlRights.Act) return [new Finding(Of(pool), "probe", Finding.Warning, "no executor was booted: who asks may only look", "Run flame doctor on the parent's machine.")];
        try
        {
            var budget = seconds is { } most ? TimeSpan.FromSeconds(Math.Clamp(most, 1, 3600)) : pool.Options.BootTimeout;
            var executor = await new Probe(pool).BootAsync(budget, ct).ConfigureAwait(false);
            var parts = string.Join(", ", executor.Boot.Select(static part => string.Create(CultureInfo.InvariantCulture, $"{part.Name} {part.Seconds:0.000} s")));
            return
            [
                new Finding(Of(pool), "probe", Finding.Fine, string.Create(CultureInfo.InvariantCulture, $"{executor.Description} came up in {executor.BootSeconds:0.000} s ({parts}) and reached this parent")),
                new Finding(Of(pool), "build", Finding.Fine, $"executor and parent run build {BuildId.Current.Hash}"),
                new Finding(Of(pool), "clock", Finding.Fine, IsLocal(pool) ? "executors read the clock of this machine" : "not known: an executor tells durations and never the time, so nothing in Flame depends on its clock"),
            ];
        }
        catch (FlameException e)
        {
            return [new Finding(Of(pool), "probe", Finding.Problem, e.Message, ToDo(e.Message))];
        }
    }

    // The last id is nearest to the cause.
    private static string ToDo(string words) =>
        words.LastIndexOf("FLM", StringComparison.Ordinal) is >= 0 and var at && words.Length >= at + 7 && words[(at + 3)..(at + 7)].All(char.IsAsciiDigit)
            ? $"flame explain {words[at..(at + 7)]}" : "flame logs, and the parent's own log, say more.";
}
