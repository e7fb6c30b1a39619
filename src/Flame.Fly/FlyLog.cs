using Microsoft.Extensions.Logging;

namespace Flame.Fly;

/// <summary>Every log message of the Fly backend, with its stable id.</summary>
internal static partial class FlyLog
{
    [LoggerMessage(3020, LogLevel.Debug, "FLM3020 {Executor} is machine {Machine} in {Region}")]
    public static partial void Created(ILogger logger, string executor, string machine, string? region);

    [LoggerMessage(3021, LogLevel.Warning, "FLM3021 {Executor}: machine {Machine} was made by a create whose answer was lost, and is used")]
    public static partial void Adopted(ILogger logger, string executor, string machine);

    [LoggerMessage(3022, LogLevel.Warning, "FLM3022 {Executor}: region {Region} has no capacity: {Reason}")]
    public static partial void NoCapacity(ILogger logger, string executor, string region, string reason);

    [LoggerMessage(3023, LogLevel.Information, "FLM3023 machine {Machine} is removed: {Reason}")]
    public static partial void Swept(ILogger logger, string machine, string reason);

    [LoggerMessage(3024, LogLevel.Warning, "FLM3024 machine {Machine} may be left behind: {Reason}")]
    public static partial void LeftBehind(ILogger logger, string machine, string reason);

    [LoggerMessage(3025, LogLevel.Information, "FLM3025 {Executor} is machine {Machine} of an earlier run, started again")]
    public static partial void StartedAgain(ILogger logger, string executor, string machine);

    [LoggerMessage(3026, LogLevel.Debug, "FLM3026 machine {Machine} of an earlier run was not used: {Reason}")]
    public static partial void NotStartedAgain(ILogger logger, string machine, string reason);

    [LoggerMessage(3027, LogLevel.Warning, "FLM3027 leftovers of earlier runs were not looked for: {Reason}")]
    public static partial void SweepFailed(ILogger logger, string reason);

    [LoggerMessage(3028, LogLevel.Debug, "FLM3028 {Action} of {Subject} failed: {Reason}")]
    public static partial void CallFailed(ILogger logger, string action, string subject, string reason);

    [LoggerMessage(3029, LogLevel.Warning, "FLM3029 pool {Pool} may ask for {Max} machines at once, and Fly makes one a second: with a BootTimeout of {Seconds:0} s the last of them run out of time")]
    public static partial void SlowGrowth(ILogger logger, string pool, int max, double seconds);
}
