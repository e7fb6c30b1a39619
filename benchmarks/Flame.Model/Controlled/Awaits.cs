using System.Runtime.CompilerServices;
using Flame.Model;

namespace Flame;

/// <summary>
/// Stands where the product has ConfigureAwait(false): what follows an await that had to wait is a strand of its own. The framework runs
/// some of it at once on the thread that completes the task; whatever may run at once may also run a little later.
/// </summary>
internal static class Awaits
{
    public static ControlledTask<None> Controlled(this Task task) => new(task);

    public static ControlledTask<T> Controlled<T>(this Task<T> task) => new(task);

    public static ControlledTask<None> Controlled(this ValueTask task) => new(task.AsTask());

    public static ControlledTask<T> Controlled<T>(this ValueTask<T> task) => new(task.AsTask());

    public static ConfiguredAsyncDisposable Controlled(this IAsyncDisposable disposable) => disposable.ConfigureAwait(false);

    public static ConfiguredCancelableAsyncEnumerable<T> Controlled<T>(this IAsyncEnumerable<T> items) => items.ConfigureAwait(false);

    public static ConfiguredCancelableAsyncEnumerable<T> Controlled<T>(this ConfiguredCancelableAsyncEnumerable<T> items) => items.ConfigureAwait(false);
}

/// <summary>The result of what has none.</summary>
internal readonly struct None;

internal readonly struct ControlledTask<T>(Task task)
{
    public ControlledAwaiter<T> GetAwaiter() => new(task);
}

internal readonly struct ControlledAwaiter<T>(Task task) : ICriticalNotifyCompletion
{
    public bool IsCompleted
    {
        get
        {
            World.Current?.Point("an await");
            return task.IsCompleted;
        }
    }

    public T GetResult()
    {
        if (task is Task<T> withResult) return withResult.GetAwaiter().GetResult();
        task.GetAwaiter().GetResult();
        return default!;
    }

    public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

    public void UnsafeOnCompleted(Action continuation)
    {
        var awaiter = task.ConfigureAwait(false).GetAwaiter();
        if (World.Current is not { } world) awaiter.UnsafeOnCompleted(continuation);
        else awaiter.UnsafeOnCompleted(() => world.Post(world.Diary is null ? "" : Name(continuation), continuation));
    }

    // The name of a state machine is that of its method, in angle brackets.
    private static string Name(Action continuation)
    {
        var machine = continuation.Target?.GetType().GenericTypeArguments.LastOrDefault()?.Name ?? "";
        var end = machine.IndexOf('>', StringComparison.Ordinal);
        return end > 1 ? $"the rest of {machine[1..end]}" : "what follows an await";
    }
}
