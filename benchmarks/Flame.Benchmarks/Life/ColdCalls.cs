using System.Diagnostics;
using System.Globalization;

namespace Flame.Benchmarks;

/// <summary>
/// The call on an empty pool, which boots its executor, against the start of a .NET program that does nothing: without and
/// with a host, in each form in which both are there, and in its parts. Then over each kind of link.
/// </summary>
internal sealed class ColdCalls : IRounds
{
    private static readonly (string Name, string? Folder)[] s_forms = [("as built", null), ("as built from the packages", "packages"), ("ReadyToRun", "ready"), ("single file", "single"), ("compiled ahead of time", "native")];

    private static readonly string[] s_parts =
    [
        "the parent's pool, until its backend is asked", "the process, until it is there", "the runtime, until Main", "FLAME_PARENT, until it is read",
        "the link: dialled, introduced, admitted, ready", "the call, until its method", "the result, until the caller has it",
    ];

    private readonly List<App> _apps = [];
    private ColdLinks _links = null!;

    public static async Task<IRounds> StartAsync()
    {
        var calls = new ColdCalls();
        foreach (var form in s_forms)
        {
            calls.Add("an app without a host", form, "MinimalApp", "EmptyApp");
            calls.Add("an app with a host", form, "HostedApp", "HostedApp");
        }

        calls._links = await ColdLinks.StartAsync();
        return calls;
    }

    public async Task RoundAsync(Report? report, TimeSpan time)
    {
        foreach (var app in _apps)
        {
            var (line, exit) = await StartAsync(app.Empty, app.What);
            var call = await app.Calls.AskAsync("call");
            report?.Add(app.What, "ms", "the same app, empty: start to exit", "the same app, empty: start to exit", exit);
            report?.Add(app.What, "ms", "the same app, empty: start to first line", "the same app, empty: start to first line", line);
            report?.Add(app.What, "ms", "[Flame] on an empty pool", "the same app, empty: start to exit", call[0]);
            if (app.Parts is null) continue;
            foreach (var (part, figure) in s_parts.Zip(await app.Parts.AskAsync("call"))) report?.Add(app.What + ", in its parts", "ms", part, part, figure);
        }

        await _links.RoundAsync(report);
    }

    public async ValueTask DisposeAsync()
    {
        await _links.DisposeAsync();
        foreach (var app in _apps)
        {
            await app.Calls.DisposeAsync();
            if (app.Parts is not null) await app.Parts.DisposeAsync();
        }
    }

    private void Add(string what, (string Name, string? Folder) form, string app, string empty)
    {
        what = $"cold call of {what}, {form.Name}";
        if (ChildProcess.Program(app, form.Folder) is not { } path || ChildProcess.Program(empty, form.Folder) is not { } floor)
            Console.Error.WriteLine($"Left out: {what}. {(app == empty ? app : $"{app} or {empty}")} is not published so; benchmarks/README.md says how.");
        else
            _apps.Add(new App(what, floor, new ChildProcess(path), app == "MinimalApp" ? new ChildProcess(path, "parts") : null));
    }

    private static async Task<(double Line, double Exit)> StartAsync(string program, string what)
    {
        var started = Stopwatch.GetTimestamp();
        await using var empty = new ChildProcess(program, what.Contains("with a host", StringComparison.Ordinal) ? ["empty"] : []);
        await empty.ReadAsync();
        var line = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        await empty.ExitAsync();
        return (line, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
    }

    private sealed record App(string What, string Empty, ChildProcess Calls, ChildProcess? Parts);
}
