namespace Flame;

/// <summary>What the dashboard may do and show. Not thread-safe; used at start only.</summary>
public sealed class FlameDashboardOptions
{
    /// <summary>Whether who sees the page may change something: cancel a call, and all that the <c>flame</c> tool does over HTTP but for commands in executors.</summary>
    /// <value>Default: <see langword="false"/>, the page only shows.</value>
    public bool AllowActions { get; set; }

    /// <summary>
    /// Whether the arguments of a call are shown to who asks for them. Those of parameters that are <see cref="FlameHiddenAttribute">hidden</see>, or whose names
    /// say that they are secret, never are.
    /// </summary>
    /// <value>Default: <see langword="true"/>.</value>
    public bool ShowArguments { get; set; } = true;
}
