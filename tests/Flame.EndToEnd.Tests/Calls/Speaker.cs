using System.Diagnostics;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Flame.EndToEnd.Tests.Calls;

internal static partial class Speaker
{
    [Flame(Pool = "main")]
    public static Task LogAsync(string words, [FromServices] ILogger<Shop> log)
    {
        Noticed(log, words, new AppException("with an exception"));
        log.Log(LogLevel.Debug, "{Words} too quiet", words);
        return Task.CompletedTask;
    }

    [Flame(Pool = "main")]
    public static Task PrintAsync(string words)
    {
        Console.WriteLine(words + " out");
        Console.Error.WriteLine(words + " error");
        Console.Write(words);
        Console.Write(" in\r\n");
        Console.Write(" and " + words + "\n");
        return Task.CompletedTask;
    }

    [Flame(Pool = "main")]
    public static Task WhisperAsync(string words)
    {
        Console.Write(words);
        return Task.CompletedTask;
    }

    [Flame(Pool = "main")]
    public static async Task PrintAroundFlameAsync(string words)
    {
        await using var native = Console.OpenStandardOutput();
        await native.WriteAsync(Encoding.UTF8.GetBytes(words + " native\n"));
        using var child = Process.Start("sh", ["-c", $"echo '{words} child'; echo '{words} child error' >&2"]);
        await child.WaitForExitAsync();
    }

    [Flame(Pool = "main")]
    public static Task FloodAsync(string words, int lines)
    {
        for (var i = 0; i < lines; i++) Console.WriteLine($"{words} {i}");
        return Task.CompletedTask;
    }

    [Flame(Pool = "main")]
    public static Task PrintLongAsync(int length, string end)
    {
        Console.WriteLine("x" + new string('ü', length) + end);
        return Task.CompletedTask;
    }

    [LoggerMessage(77, LogLevel.Warning, "{Words} was noticed")]
    private static partial void Noticed(ILogger log, string words, Exception error);
}
