namespace Flame.EndToEnd.Tests.Calls;

public sealed class AppException(string message, Exception? inner = null) : Exception(message, inner);

public sealed class UnknownException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>An exception that cannot even be described.</summary>
public sealed class HostileException : Exception
{
    public override string Message => throw new InvalidOperationException("not even my message");
}

internal static class Failures
{
    [Flame(Pool = "main")]
    public static async Task<int> ThrowAsync(string message)
    {
        await Task.Yield();
        throw new UnknownException(message, new InvalidOperationException("the cause"));
    }

    [Flame(Pool = "main")]
    public static async Task ThrowAppAsync(string message)
    {
        await Task.Yield();
        throw new AppException(message);
    }

    [Flame(Pool = "main")]
    public static Task ThrowHostileAsync() => throw new HostileException();

    [Flame(Pool = "main")]
    public static Task ValidateAsync(string? text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Task.CompletedTask;
    }

    [Flame(Pool = "main")]
    public static Task CancelItselfAsync(bool asTask)
    {
        var own = new CancellationToken(canceled: true);
        return asTask ? Task.FromCanceled(own) : throw new OperationCanceledException("the user's own", own);
    }
}
