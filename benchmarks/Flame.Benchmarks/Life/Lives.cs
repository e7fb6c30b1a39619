using System.Globalization;

namespace Flame.Benchmarks;

/// <summary>Executors in numbers: how a pool grows, what one of them weighs, and 64 at once.</summary>
internal sealed class Lives : IRounds
{
    private const string Ideal = "ideal";
    private const string Flame = "[Flame]";

    private readonly ChildProcess _app = new(ChildProcess.Program("MinimalApp"), "life");

    public static Task<IRounds> StartAsync() => Task.FromResult<IRounds>(new Lives());

    public async Task RoundAsync(Report? report, TimeSpan time)
    {
        foreach (var pool in (string[])["cold pool", "warm pool"])
        {
            var what = $"64 calls of 1 s on 16 executors, {pool}";
            report?.Add(what, "s", Ideal, Ideal, 4);
            report?.Add(what, "s", Flame, Ideal, (await _app.AskAsync(pool))[0]);
        }

        var idle = await _app.AskAsync("idle");
        await using (var empty = new ChildProcess(ChildProcess.Program("EmptyApp"), "wait"))
        {
            await empty.ReadAsync();
            var status = File.ReadLines($"/proc/{empty.Id}/status").First(line => line.StartsWith("VmRSS", StringComparison.Ordinal));
            const string What = "resident memory of a process that has nothing to do";
            report?.Add(What, "MiB", "empty console app", "empty console app", double.Parse(status.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) / 1024);
            report?.Add(What, "MiB", "executor of a minimal app", "empty console app", idle[0]);
        }

        report?.Add("the same, without the pages of files", "MiB", "executor of a minimal app", "executor of a minimal app", idle[1]);
        report?.Add("processor that an executor takes that has nothing to do", "per cent of a core", "executor of a minimal app", "executor of a minimal app", idle[2]);
        var many = await _app.AskAsync("many");
        string[] names = ["seconds until each has answered", "MiB that are their own, all together", "per cent of a core that the idle parent takes", "per cent of a core that they take when idle", "seconds until all are gone"];
        foreach (var (name, figure) in names.Zip(many)) report?.Add("64 executors at once: " + name, "", Flame, Flame, figure);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
