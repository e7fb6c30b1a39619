using Flame.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Flame.Progress;

/// <summary>
/// Shows what takes long: maps, and boots that calls wait for. Nothing is looked at before the first of them has taken a second, and where nothing is to be shown it
/// is found out then, once. Thread-safe.
/// </summary>
/// <param name="pools">The pools of the process.</param>
/// <param name="time">Their clock.</param>
/// <param name="log">Where a wrong <c>FLAME_PROGRESS</c> is told.</param>
/// <param name="open">Finds out where to write; <see langword="null"/>: nowhere. The text is what the variable wrongly says.</param>
internal sealed class ProgressBoard(Func<IEnumerable<FlamePool>> pools, TimeProvider time, ILogger log, Func<(ProgressLines? Lines, string? Wrong)> open) : IDisposable
{
    private static readonly TimeSpan s_long = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly List<MapProgress> _maps = [];
    private ProgressLines? _lines;
    private ITimer? _timer;
    private bool _ticks;
    private volatile bool _isOff;

    /// <summary>The board of a program; <see langword="null"/>: it wants none.</summary>
    public static ProgressBoard? Of(FlameBuilder program, Func<IEnumerable<FlamePool>> pools, ILogger log)
    {
        var wanted = program.Progress;
        if (wanted == FlameProgress.Off && string.IsNullOrEmpty(Environment.GetEnvironmentVariable(ProgressMode.Variable))) return null;
        return new ProgressBoard(pools, program.Time, log, program.ProgressOutput ?? (() => Standard(wanted)));
    }

    /// <summary>A map begins.</summary>
    /// <param name="pool">Where its calls run.</param>
    /// <param name="total">Items of its source, if that is known.</param>
    /// <returns>Who is to be told of it; <see langword="null"/>: nobody.</returns>
    public MapProgress? Begin(FlamePool pool, long? total)
    {
        if (_isOff) return null;
        var map = new MapProgress(this, pool, total);
        lock (_gate)
        {
            _maps.Add(map);
            Wake();
        }

        return map;
    }

    /// <summary>An executor boots.</summary>
    public void Booting()
    {
        if (_isOff) return;
        lock (_gate) Wake();
    }

    public void Ended(MapProgress map)
    {
        lock (_gate)
        {
            _maps.Remove(map);
            if (!map.IsShown || _lines is null) return;
            if (_maps.Count == 0) _lines.Show([]);
            _lines.Say(ProgressText.Of(map.Sum()));
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isOff = true;
            _timer?.Dispose();
            _lines?.Close();
            _maps.Clear();
        }
    }

    private static (ProgressLines? Lines, string? Wrong) Standard(FlameProgress wanted)
    {
        var mode = ProgressMode.Of(wanted, Environment.GetEnvironmentVariable, Terminal.IsThere, out var wrong);
        return (mode switch
        {
            FlameProgress.Auto => new TerminalLines(Console.OpenStandardError(), Terminal.Size),
            FlameProgress.Plain => new PlainLines(Console.Error),
            _ => null,
        }, wrong);
    }

    private void Wake()
    {
        if (_ticks || _isOff) return;
        _ticks = true;
        _timer ??= time.CreateTimer(static board => ((ProgressBoard)board!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(s_long, Timeout.InfiniteTimeSpan);
    }

    private void Tick()
    {
        lock (_gate)
        {
            if (_isOff) return;
            _lines ??= Open();
            if (_lines is null) return;
            _lines.Show(Lines(_lines.Width, out var goesOn));
            _ticks = goesOn;

            // A map that has yet to become long, and a boot: they are looked at when they have.
            if (goesOn) _timer!.Change(_lines.Pace > s_long && !_maps.Exists(static map => map.IsShown) ? s_long : _lines.Pace, Timeout.InfiniteTimeSpan);
        }
    }

    private ProgressLines? Open()
    {
        var (lines, wrong) = open();
        if (wrong is not null) FlameLog.WrongProgress(log, LogText.Line(wrong));
        if (lines is not null) return lines;
        _isOff = true;
        _timer!.Dispose();
        _maps.Clear();
        return null;
    }

    private List<string> Lines(int width, out bool goesOn)
    {
        var lines = new List<string>();
        goesOn = _maps.Count > 0;
        foreach (var map in _maps) map.IsShown |= map.Took >= s_long;
        foreach (var pool in pools().OrderBy(static pool => pool.Name, StringComparer.Ordinal))
        {
            var load = pool.Load();
            goesOn |= load.Booting > 0;
            var hasMap = _maps.Exists(map => map.IsShown && map.Pool == pool);
            var boots = load.Booting > 0 ? pool.Executors().Where(static executor => executor.State == "booting").ToArray() : [];
            if (!hasMap && !boots.Any(boot => time.GetUtcNow() - boot.StartedAt >= s_long)) continue;
            lines.Add(ProgressText.Of(new PoolFigures(pool.Name, pool.Backend.Name, load.Idle + load.Busy, pool.Options.Max, load.Booting, load.Waiting, Observation.Waits.Of(boots)), width));
        }

        foreach (var map in _maps.Where(static map => map.IsShown)) lines.Add(ProgressText.Of(map.Look(), width));
        return lines;
    }
}
