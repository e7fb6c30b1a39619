using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Flame.Wire;

/// <summary>How a call failed on the executor.</summary>
internal enum FailureCode : byte
{
    /// <summary>The user's method threw.</summary>
    Threw = 1,

    /// <summary>It ended because its token fired at the caller's wish.</summary>
    Cancelled = 2,

    /// <summary>Its execution budget ran out.</summary>
    TimedOut = 3,

    /// <summary>The executor takes no more work; the method has not started.</summary>
    NotStarted = 4,

    /// <summary>Arguments, result or item could not be read or written.</summary>
    Payload = 5,

    /// <summary>There is no such method.</summary>
    UnknownMethod = 6,

    /// <summary>The executor ends with the call unfinished.</summary>
    Abandoned = 7,

    /// <summary>What the method threw is what a live argument of its caller threw; the type is the number of its channel.</summary>
    LiveArgument = 8,
}

/// <summary>The body of a Failure frame. The type is that of the exception; of a payload's failure, it is the size.</summary>
internal readonly record struct FailureBody(FailureCode Code, string Type, string Message, string Stack)
{
    public long Size => Code == FailureCode.Payload && long.TryParse(Type, NumberStyles.None, CultureInfo.InvariantCulture, out var size) ? size : 0;

    public static FailureBody OfPayload(PayloadException e) => new(FailureCode.Payload, e.Size.ToString(CultureInfo.InvariantCulture), e.Words, "");

    /// <summary>What some code threw.</summary>
    public static FailureBody Of(Exception e)
    {
        if (e is PayloadException payload) return OfPayload(payload);
        var type = e.GetType();
        return new(FailureCode.Threw, type.FullName ?? type.Name, Say(e, static e => e.Message), Say(e, static e => e.ToString()));
    }

    public ReadOnlySpan<byte> Encode() => new BodyWriter().Byte((byte)Code).Text(Type).Text(Message).Text(Stack).Span;

    public static FailureBody Decode(ReadOnlySpan<byte> bytes)
    {
        var body = new BodyReader(bytes);
        return new FailureBody((FailureCode)body.Byte(), body.Text(), body.Text(), body.Text());
    }

    // What the user's exception says is the user's code, and it may throw.
    private static string Say(Exception e, Func<Exception, string> words)
    {
        try
        {
            return words(e);
        }
        catch (Exception thrown)
        {
            return $"(its words cannot be had: they threw {thrown.GetType().FullName})";
        }
    }
}

/// <summary>The body of a Log frame: an ILogger event, a line of output, or the number of those that were dropped.</summary>
internal readonly record struct LogBody(byte Level, byte Source, int EventId, string Category, string Message, string Exception)
{
    public const byte FromLogger = 0;
    public const byte FromOutput = 1;
    public const byte FromError = 2;
    public const byte OfDropped = 3;

    /// <summary>A line of output. What goes to standard error is mostly trouble, and should be seen where only warnings are.</summary>
    public static LogBody Printed(string line, bool isError) =>
        new((byte)(isError ? LogLevel.Warning : LogLevel.Information), isError ? FromError : FromOutput, 0, "", line, "");

    /// <summary>Stands for lines that are not sent; the event id is their number.</summary>
    public static LogBody Dropped(int lines, string because) => new((byte)LogLevel.Warning, OfDropped, lines, "", because, "");

    public ReadOnlySpan<byte> Encode() => new BodyWriter().Byte(Level).Byte(Source).Int32(EventId).Text(Category).Text(Message).Text(Exception).Span;

    public static LogBody Decode(ReadOnlySpan<byte> bytes)
    {
        var body = new BodyReader(bytes);
        return new LogBody(body.Byte(), body.Byte(), body.Int32(), body.Text(), body.Text(), body.Text());
    }
}
