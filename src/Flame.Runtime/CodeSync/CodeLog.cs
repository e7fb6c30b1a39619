using Microsoft.Extensions.Logging;

namespace Flame.CodeSync;

internal static partial class CodeLog
{
    [LoggerMessage(3060, LogLevel.Information, "FLM3060 stock executors get this program: {MiB:0.0} MiB in {Files} files; the largest are {Largest}")]
    public static partial void Large(ILogger log, double miB, int files, string largest);

    [LoggerMessage(3061, LogLevel.Information, "FLM3061 {Executor} got the program: it lacked {Lacked} of {Files} files, {MiB:0.0} MiB, which were {Sent:0.0} MiB on the wire, in {Milliseconds:0} ms")]
    public static partial void Sent(ILogger log, string executor, int lacked, int files, double miB, double sent, double milliseconds);
}
