using System.Diagnostics;
using Flame.Soak.Parents;

namespace Flame.Soak.Runs;

/// <summary>
/// One run: two parents that live as long as it does, one for each carrier, and a third that is killed and redeployed; faults
/// at random moments; then the count.
/// </summary>
internal sealed class SoakRun(SoakOptions options, TextWriter output) : IAsyncDisposable
{
    // An executor that boots for a parent that is gone looks for it for 20 seconds, on a machine that is busy with others.
    private static readonly TimeSpan s_cleanWithin = TimeSpan.FromSeconds(90);

    private static readonly TimeSpan s_endsWithin = TimeSpan.FromMinutes(4);

    private readonly string _run = Guid.NewGuid().ToString("N");
    private readonly string _folder = Directory.CreateDirectory(Path.Combine("/tmp", $"soak-{Guid.NewGuid().ToString("N")[..8]}")).FullName;
    private readonly Random _random = new(options.Seed);
    private readonly List<ParentRun> _parents = [];
    private readonly List<string> _violations = [];
    private readonly SortedDictionary<string, int> _happened = new(StringComparer.Ordinal);
    private readonly HashSet<int> _killed = [];
    private SoakProcesses Processes => field ??= new SoakProcesses(_run);
    private int _numbers;

    /// <summary>The parents that live; the last one is mortal.</summary>
    public IReadOnlyList<ParentRun> Parents => _parents;

    /// <summary>The executors that live, the oldest first.</summary>
    public SoakProcess[] Executors() => [.. Processes.Find().Where(process => process.IsExecutor)];

    /// <summary>Runs, prints the table, and says whether every promise was kept.</summary>
    public async Task<bool> RunAsync(CancellationToken ct)
    {
        foreach (var folder in new[] { "tmp", "diaries" }) Directory.CreateDirectory(Path.Combine(_folder, folder));
        var clock = Stopwatch.StartNew();
        _parents.AddRange(await Task.WhenAll(Enumerable.Range(0, 3).Select(i => StartAsync(grpc: i == 1))));
        var steady = _parents.Take(2).ToArray();

        await BreakAsync(options.WarmUp, ct);
        var before = await RestAsync(steady);
        foreach (var parent in _parents) parent.Tell("go");
        await BreakAsync(options.Duration - options.WarmUp, ct);
        var after = await RestAsync(steady);
        for (var i = 0; i < steady.Length; i++) Compare(steady[i], before[i], after[i]);

        foreach (var parent in _parents) parent.Itself.Signal("TERM");
        foreach (var parent in _parents) await EndedAsync(parent);
        await SweepAsync(ct);

        var ledger = Ledger.Of(Path.Combine(_folder, "diaries"), _killed);
        var table = new SoakTable(output);
        table.Calls(ledger);
        table.Faults(_happened);
        for (var i = 0; i < steady.Length; i++) table.Vitals(steady[i].Carrier, before[i], after[i]);
        return table.End(options, clock.Elapsed, ledger, [.. _violations, .. ledger.Violations]);
    }

    /// <summary>Ends the mortal parent and starts the next, on the other carrier.</summary>
    public async Task ReplaceAsync(bool kill, bool overlap)
    {
        var old = _parents[^1];
        if (overlap) _parents.Add(await StartAsync(grpc: old.Proxy is null));
        if (kill) old.Kill();
        else old.Itself.Signal("TERM");
        await EndedAsync(old);
        _parents.Remove(old);
        await old.DisposeAsync();
        if (!overlap) _parents.Add(await StartAsync(grpc: old.Proxy is null));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var parent in _parents) await parent.DisposeAsync();
        foreach (var process in Processes.Find()) process.Signal("KILL");
        if (options.Keep) await output.WriteLineAsync($"What was written down is in {_folder}");
        else Directory.Delete(_folder, recursive: true);
    }

    private Task<ParentRun> StartAsync(bool grpc, int? callers = null) =>
        ParentRun.StartAsync(options with { Callers = callers ?? options.Callers }, _run, _folder, ++_numbers, grpc);

    private async Task EndedAsync(ParentRun parent)
    {
        if (await parent.EndedAsync(s_endsWithin) is { } wrong) _violations.Add(wrong);
        if (parent.Killed) _killed.Add(parent.Number);
    }

    /// <summary>Lets things happen for so long, and heals what is still broken.</summary>
    private async Task BreakAsync(TimeSpan duration, CancellationToken ct)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(ct);
        end.CancelAfter(duration);
        var under = new List<Task>();
        var weights = Faults.All.Sum(fault => fault.Weight);
        while (!end.IsCancellationRequested)
        {
            await Task.Delay(_random.Next(100, 2500), end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (end.IsCancellationRequested) break;
            var fault = Choose(_random.Next(weights));
            _happened[fault.Name] = _happened.GetValueOrDefault(fault.Name) + 1;
            var happens = fault.HappenAsync(this, new Random(_random.Next()), end.Token);

            // Parents are replaced one after another; everything else goes on meanwhile, and with it the load.
            if (fault.Name.Contains("parent", StringComparison.Ordinal)) await happens;
            else under.Add(happens);
        }

        await Task.WhenAll(under);
        foreach (var parent in _parents) parent.Proxy?.Heal();
        ct.ThrowIfCancellationRequested();
    }

    private async Task<Vitals?[]> RestAsync(ParentRun[] steady)
    {
        // All rest, so that nobody is in the way of those who are measured.
        var all = await Task.WhenAll(_parents.Select(async parent => (Parent: parent, Vitals: await parent.RestAsync())));
        foreach (var (parent, vitals) in all)
        {
            if (vitals is null) _violations.Add($"parent {parent.Number} did not come to rest");
            if (vitals is { Leases.Length: > 0 }) _violations.Add($"parent {parent.Number} at rest holds {vitals.Leases}");
            if (vitals is { Hung.Length: > 0 }) _violations.Add($"parent {parent.Number} has calls that do not end: {vitals.Hung}");
        }

        return [.. steady.Select(parent => all.First(a => a.Parent == parent).Vitals)];
    }

    private void Compare(ParentRun parent, Vitals? before, Vitals? after)
    {
        if (before is null || after is null) return;
        Check("live memory (KiB)", before.LiveKiB, after.LiveKiB, options.IsShort ? 16 * 1024 : 4 * 1024);
        Check("resident memory (KiB)", before.ResidentKiB, after.ResidentKiB, options.IsShort ? 96 * 1024 : 8 * 1024);
        Check("open handles", before.Handles, after.Handles, options.IsShort ? 24 : 6);
        Check("threads", before.Threads, after.Threads, options.IsShort ? 24 : 12);

        // A tenth is what a run may differ; of little, a tenth is less than the runtime's own breath.
        void Check(string what, long first, long last, long breath)
        {
            if (last - first > Math.Max(first / 10, breath)) _violations.Add($"parent {parent.Number} ({parent.Carrier}): {what} grew from {first} to {last}");
        }
    }

    /// <summary>The next parent of a host removes what a killed one has left there, so one more is started when all are gone.</summary>
    private async Task SweepAsync(CancellationToken ct)
    {
        await GoneAsync(ct);
        await using (var parent = await StartAsync(grpc: false, callers: 0))
        {
            parent.Tell("call");
            await UntilAsync(() => Temporary($"flame-{parent.Itself.Pid}-*").Length > 0, ct);
            parent.Itself.Signal("TERM");
            await EndedAsync(parent);
        }

        await GoneAsync(ct);
        _violations.AddRange(Processes.Find().Select(process => $"left behind: {process}"));
        _violations.AddRange(Temporary("*").Select(entry => $"left behind: {entry}"));
    }

    private Task GoneAsync(CancellationToken ct) => UntilAsync(() => Processes.Find().Length == 0, ct);

    private static async Task UntilAsync(Func<bool> reached, CancellationToken ct)
    {
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < s_cleanWithin && !reached()) await Task.Delay(200, ct);
    }

    private string[] Temporary(string pattern) => Directory.GetFileSystemEntries(Path.Combine(_folder, "tmp"), pattern);

    private static Fault Choose(int weight) => Faults.All.First(fault => (weight -= fault.Weight) < 0);
}
