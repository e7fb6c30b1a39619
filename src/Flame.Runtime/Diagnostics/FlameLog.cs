using Microsoft.Extensions.Logging;

namespace Flame.Diagnostics;

/// <summary>Every log message of the runtime, with its stable id.</summary>
internal static partial class FlameLog
{
    [LoggerMessage(3001, LogLevel.Debug, "FLM3001 {Executor} is booting on {Backend}")]
    public static partial void Booting(ILogger logger, string executor, string backend);

    [LoggerMessage(3002, LogLevel.Information, "FLM3002 {Executor} is ready: {Description}, booted in {Milliseconds:0} ms ({Parts})")]
    public static partial void Ready(ILogger logger, string executor, string description, double milliseconds, string parts);

    [LoggerMessage(3003, LogLevel.Warning, "FLM3003 {Executor} did not boot: {Reason}")]
    public static partial void BootFailed(ILogger logger, string executor, string reason);

    [LoggerMessage(3004, LogLevel.Debug, "FLM3004 {Executor} is told to drain")]
    public static partial void Draining(ILogger logger, string executor);

    [LoggerMessage(3005, LogLevel.Information, "FLM3005 {Executor} takes no more calls: {Reason}")]
    public static partial void AnnouncedDrain(ILogger logger, string executor, string reason);

    [LoggerMessage(3006, LogLevel.Information, "FLM3006 {Executor} is gone: {Reason}")]
    public static partial void Gone(ILogger logger, string executor, string reason);

    [LoggerMessage(3007, LogLevel.Warning, "FLM3007 {Executor} could not be stopped")]
    public static partial void StopFailed(ILogger logger, string executor, Exception error);

    [LoggerMessage(3008, LogLevel.Error, "FLM3008 cast of {Method} on pool {Pool} failed after its hand-over")]
    public static partial void CastFailed(ILogger logger, string method, string pool, Exception error);

    [LoggerMessage(3009, LogLevel.Error, "FLM3009 a growth callback of pool {Pool} threw")]
    public static partial void CallbackFailed(ILogger logger, string pool, Exception error);

    [LoggerMessage(3010, LogLevel.Warning, "FLM3010 a connection was refused ({Total} so far): {Reason}")]
    public static partial void Refused(ILogger logger, string reason, int total);

    [LoggerMessage(3011, LogLevel.Information, "FLM3011 {Methods} methods on {Pools}")]
    public static partial void Started(ILogger logger, int methods, string pools);

    [LoggerMessage(3012, LogLevel.Warning, "FLM3012 {Lines} log lines of executor {Executor} were dropped: {Reason}")]
    public static partial void LinesDropped(ILogger logger, int lines, string executor, string reason);

    [LoggerMessage(3013, LogLevel.Warning, "FLM3013 memory is short: {Used:0} MiB of {Limit:0} MiB are used ({Whose}), and beyond that the kernel kills. Running: {Calls}")]
    public static partial void MemoryShort(ILogger logger, double used, double limit, string whose, string calls);

    [LoggerMessage(3014, LogLevel.Warning, "FLM3014 {Lines} log lines of executor {Executor} were not written: {Reason}")]
    public static partial void LinesDroppedHere(ILogger logger, int lines, string executor, string reason);

    [LoggerMessage(3015, LogLevel.Warning, "FLM3015 {Count} more connections were refused within {Seconds:0} s ({Total} so far): {Reasons}")]
    public static partial void RefusedMore(ILogger logger, int count, double seconds, int total, string reasons);

    [LoggerMessage(3017, LogLevel.Warning, "FLM3017 the thread pool is blocked: {Waiting} work items wait and none is done. Flame gave it {Given} threads; code that waits should await")]
    public static partial void ThreadPoolBlocked(ILogger logger, long waiting, int given);

    [LoggerMessage(3018, LogLevel.Warning, "FLM3018 {Executor} broke the protocol and was cut off: {What}")]
    public static partial void BrokeProtocol(ILogger logger, string executor, string what);

    [LoggerMessage(3053, LogLevel.Information, "FLM3053 pool {Pool} goes on with other options: {Changes}")]
    public static partial void Reconfigured(ILogger logger, string pool, string changes);

    [LoggerMessage(3054, LogLevel.Error, "FLM3054 the configuration of pool {Pool} has changed and is wrong; the pool goes on as it was. {Problems}")]
    public static partial void ReloadRefused(ILogger logger, string pool, string problems);

    [LoggerMessage(3055, LogLevel.Warning, "FLM3055 the configuration of pool {Pool} has changed what a pool keeps for as long as it lives, and that counts from the next start on: {Options}")]
    public static partial void FromNextStart(ILogger logger, string pool, string options);

    [LoggerMessage(3056, LogLevel.Warning, "FLM3056 FLAME_PROGRESS is '{Value}', which is none of auto, plain and off, and is ignored")]
    public static partial void WrongProgress(ILogger logger, string value);

    [LoggerMessage(3019, LogLevel.Error, "FLM3019 {Name} could not be closed; the others are")]
    public static partial void NotClosed(ILogger logger, string name, Exception error);

    [LoggerMessage(3045, LogLevel.Warning, "FLM3045 nobody can look at this process with the flame tool: {Directory} cannot be used for its control socket: {Reason}")]
    public static partial void NoControl(ILogger logger, string directory, string reason);
}
