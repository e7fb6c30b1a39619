namespace Flame.Control;

/// <summary>What somebody outside of the process asks of it: one line of JSON. What a command has no use for is not looked at.</summary>
/// <param name="Command">What to do: one of <see cref="ControlCommands"/>.</param>
/// <param name="Version">Of this language; a parent answers what it knows and refuses what is newer.</param>
/// <param name="Pool">The pool.</param>
/// <param name="Executor">The executor: <c>gpu/3</c>.</param>
/// <param name="Call">The call's id.</param>
/// <param name="State">Only calls in this state.</param>
/// <param name="Most">At most so many calls or lines; of <c>watch</c> so many looks.</param>
/// <param name="After">Only lines with a higher number.</param>
/// <param name="Follow">Whether to go on with what comes.</param>
/// <param name="Values">Options to set, with their values as configuration would say them.</param>
/// <param name="Words">The program to run and its arguments.</param>
/// <param name="Seconds">How long a probe may boot.</param>
internal sealed record ControlRequest(
    string Command, int Version = ControlRequest.Newest, string? Pool = null, string? Executor = null, string? Call = null, string? State = null, int? Most = null, long After = 0,
    bool Follow = false, Dictionary<string, string>? Values = null, string[]? Words = null, int? Seconds = null)
{
    /// <summary>The version that this build speaks.</summary>
    public const int Newest = 1;

    /// <summary>The longest line that is read.</summary>
    public const int MostBytes = 64 * 1024;

    /// <summary>What a request over HTTP has to carry: no page of somebody else can send it without being asked first.</summary>
    public const string Header = "X-Flame-Action";
}

/// <summary>What who asks may do.</summary>
internal enum ControlRights
{
    /// <summary>Look, and nothing else.</summary>
    Look,

    /// <summary>Also cancel calls, change and drain pools, and boot probes.</summary>
    Act,

    /// <summary>Also run programs where executors run: this user on this machine, who can do that anyway.</summary>
    Run,
}
