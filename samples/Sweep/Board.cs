using Spectre.Console;

namespace Sweep;

/// <summary>What is seen of the sweep on the terminal: a table that changes in place, or a line for each variant where there is no terminal.</summary>
internal sealed class Board : IDisposable
{
    private const string Bars = "▁▂▃▄▅▆▇█";
    private const double Highest = 0.8;
    private const int Columns = 32;
    private const int Around = 6;

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(250);

    private readonly CancellationTokenSource _end = new();
    private readonly bool _isLive = AnsiConsole.Profile.Capabilities.Interactive && !Console.IsOutputRedirected;
    private Task _drawn = Task.CompletedTask;

    private Board()
    {
    }

    public static Board Open() => new();

    public void Show(Run[] runs)
    {
        if (_isLive) _drawn = AnsiConsole.Live(Table(runs)).StartAsync(context => DrawAsync(context, runs));
    }

    /// <summary>Something has become of it.</summary>
    public void Say(Run run)
    {
        if (!_isLive) Console.WriteLine($"{run.Variant}: {Said(run)}");
    }

    public void Dispose()
    {
        _end.Cancel();
        _drawn.GetAwaiter().GetResult();
        _end.Dispose();
    }

    private async Task DrawAsync(LiveDisplayContext context, Run[] runs)
    {
        using var timer = new PeriodicTimer(s_pause, TimeProvider.System);
        while (!_end.IsCancellationRequested)
        {
            context.UpdateTarget(Table(runs));
            await timer.WaitForNextTickAsync(_end.Token).AsTask().ContinueWith(static _ => { }, TaskScheduler.Default);
        }

        context.UpdateTarget(Table(runs));
    }

    // The best first; as many as there is room for.
    private static Table Table(Run[] runs)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn("variant").AddColumn("loss").AddColumn("").AddColumn("");
        var room = Math.Max(1, AnsiConsole.Profile.Height - Around);
        foreach (var run in runs.OrderBy(run => run.IsStopped).ThenBy(run => double.IsNaN(run.Loss) ? double.MaxValue : run.Loss).Take(room))
        {
            var style = run.State switch { State.Done => "green", State.Stopped => "grey", State.Failed => "red", _ => "default" };
            table.AddRow($"[{style}]{run.Variant}[/]", $"[{style}]{run.Loss:0.000}[/]", $"[{style}]{Line(run.Losses)}[/]", $"[{style}]{Markup.Escape(Said(run))}[/]");
        }

        return runs.Length > room ? table.Caption($"and {runs.Length - room} more") : table;
    }

    private static string Line(double[] losses)
    {
        var chunk = Math.Max(1, (losses.Length + Columns - 1) / Columns);
        return string.Concat(losses.Chunk(chunk).Select(some => Bars[(int)Math.Clamp(some.Average() / Highest * Bars.Length, 0, Bars.Length - 1)]));
    }

    private static string Said(Run run) => run.Remark.Length == 0 ? Word(run.State) : $"{Word(run.State)}, {run.Remark}";

    private static string Word(State state) => state switch
    {
        State.Waits => "waits",
        State.Trains => "trains",
        State.Stopped => "stopped",
        State.Done => "done",
        _ => "failed",
    };
}
