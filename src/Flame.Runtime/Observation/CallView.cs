namespace Flame.Observation;

/// <summary>A call, as its caller sees it at one moment.</summary>
/// <param name="Id">Its number in this process.</param>
/// <param name="Pool">The pool.</param>
/// <param name="Method">What is called: <c>Sweep.Train</c>.</param>
/// <param name="Tag">The caller's word for it.</param>
/// <param name="State"><c>queued</c>, <c>running</c>, <c>succeeded</c>, <c>failed</c> or <c>cancelled</c>.</param>
/// <param name="Executor">Where it runs, or ran last.</param>
/// <param name="BeganAt">When its caller began it.</param>
/// <param name="IsWhole">Whether it was watched from its beginning; else <paramref name="BeganAt"/> is when that began.</param>
/// <param name="Seconds">How long its caller waited, or has waited so far.</param>
/// <param name="Phases">Where that time went: <c>queue</c> and <c>run</c>, in order, more than once where it was run again.</param>
/// <param name="Boot">The parts of the boot that it waited for, on the same clock; empty: it waited for none.</param>
/// <param name="Items">Items of its stream and reports of its progress that came.</param>
/// <param name="HasCurve">Whether numbers are among them.</param>
/// <param name="Error">Why it failed: the type and the message.</param>
/// <param name="Trace">The trace that it is a part of.</param>
internal sealed record CallView(
    string Id, string Pool, string Method, string? Tag, string State, string? Executor, DateTimeOffset BeganAt, bool IsWhole, double Seconds,
    PhaseView[] Phases, PhaseView[] Boot, long Items, bool HasCurve, string? Error, string? Trace);

/// <summary>Which calls to show.</summary>
/// <param name="Pool">Of this pool; <see langword="null"/>: of all.</param>
/// <param name="State">In this state; <see langword="null"/>: in any.</param>
/// <param name="Most">At most so many, newest first.</param>
internal sealed record CallFilter(string? Pool = null, string? State = null, int Most = 100);

/// <summary>An argument of a call, as far as it may be shown.</summary>
/// <param name="Name">The parameter.</param>
/// <param name="Type">Its type.</param>
/// <param name="Text">The value, cut; <c>(hidden)</c> where it may not be shown.</param>
internal sealed record ArgumentView(string Name, string Type, string Text);

/// <summary>A line that an executor logged or printed.</summary>
/// <param name="Number">Rises by one with each line of the process.</param>
/// <param name="At">When it came.</param>
/// <param name="Executor">Whose it is.</param>
/// <param name="Level"><c>trace</c> to <c>critical</c>; <c>stdout</c> or <c>stderr</c> for what was printed.</param>
/// <param name="Text">The text, without control characters.</param>
internal sealed record LineView(long Number, DateTimeOffset At, string Executor, string Level, string Text);

/// <summary>Numbers that a call reported, or more of them.</summary>
/// <param name="Call">The call.</param>
/// <param name="Points">X and Y in turn, in the order in which they came: x0, y0, x1, y1.</param>
/// <param name="Whole">Whether these are all that are kept of it, and what was shown before is to be forgotten.</param>
internal sealed record CurveView(string Call, double[] Points, bool Whole);

/// <summary>What came to curves since a look before.</summary>
/// <param name="Next">What to give the next look.</param>
/// <param name="Curves">The curves with something new.</param>
internal sealed record CurvesView(long Next, CurveView[] Curves);

/// <summary>What is spent.</summary>
/// <param name="Pool">The pool.</param>
/// <param name="Method">The method; <see langword="null"/>: all of the pool, idle time and boots included.</param>
/// <param name="Tag">The callers' word.</param>
/// <param name="Calls">Calls that ended.</param>
/// <param name="Seconds">Seconds of executors; for a method those in which its calls had a slot.</param>
internal sealed record CostView(string Pool, string? Method, string? Tag, long Calls, double Seconds);

/// <summary>An option of a pool.</summary>
/// <param name="Name">The option: <c>Max</c>, <c>Resources:Gpus</c>.</param>
/// <param name="Value">What it is, as configuration would say it.</param>
/// <param name="From">Who said so: <c>default</c>, <c>code</c>, <c>appsettings.json</c>, <c>environment Flame__Pools__gpu__Max</c>, <c>flame pool set, 12:04:11</c>.</param>
/// <param name="IsLive">Whether it can change while the pool lives.</param>
internal sealed record OptionView(string Name, string Value, string From, bool IsLive);
