namespace Flame.Generators.Model;

/// <summary>How the items of single calls are collected.</summary>
/// <param name="Max">Items that are sent at once.</param>
/// <param name="WaitTicks">How long one waits for others.</param>
internal sealed record BatchModel(int Max, long WaitTicks);
