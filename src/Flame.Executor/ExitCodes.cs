namespace Flame.Executor;

/// <summary>Why an executor's process ended, as its exit code.</summary>
internal static class ExitCodes
{
    public const int Drained = 0;
    public const int MalformedParent = 70;
    public const int Refused = 71;
    public const int ParentNotReached = 72;
    public const int Orphaned = 73;
    public const int Stuck = 74;
    public const int EnterFailed = 75;
}
