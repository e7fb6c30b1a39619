using Flame.Backends;

namespace Flame.Executor;

/// <summary>
/// Reads <c>FLAME_PARENT</c>, ends the process with one line when it is malformed, and makes it an executor when it is
/// not: from here on it ends with its parent, however long the application takes until it starts.
/// </summary>
internal static class ParentOfThisProcess
{
    private static readonly Lazy<FlameParent?> s_parent = new(Become);

    /// <summary>Ends this process when it is an executor.</summary>
    public static Terminator Terminator { get; } = new();

    public static FlameParent? Read() => s_parent.Value;

    private static FlameParent? Become()
    {
        try
        {
            if (FlameParent.Current is not { } parent) return null;
            FlamePools.BecomeExecutor();
            ProcessGroup.Lead();
            if (parent.Backend == "local") ParentWatch.Start(Terminator.ParentGone);
            return parent;
        }
        catch (FlameParentException e)
        {
            Console.Error.WriteLine(e.Message);
            Environment.Exit(ExitCodes.MalformedParent);
            throw;
        }
    }
}
