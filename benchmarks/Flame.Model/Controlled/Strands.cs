using Flame.Model;

namespace Flame;

/// <summary>Stands in front of the framework's.</summary>
internal static class ThreadPool
{
    public static bool UnsafeQueueUserWorkItem(IThreadPoolWorkItem item, bool preferLocal)
    {
        if (World.Current is not { } world) return System.Threading.ThreadPool.UnsafeQueueUserWorkItem(item, preferLocal);
        world.Post(item.GetType().Name, item.Execute);
        return true;
    }

    public static bool UnsafeQueueUserWorkItem<T>(Action<T> work, T state, bool preferLocal)
    {
        if (World.Current is not { } world) return System.Threading.ThreadPool.UnsafeQueueUserWorkItem(work, state, preferLocal);
        world.Post(work.Method.Name, () => work(state));
        return true;
    }
}

/// <summary>Stands where the product has Task.Run.</summary>
internal static class Strands
{
    public static Task Run(Func<Task> work) => Run(work.Method.Name, work);

    public static Task Run(string name, Func<Task> work)
    {
        if (World.Current is not { } world) return Task.Run(work);
        var ended = new TaskCompletionSource();
        world.Post(name, () => _ = RunAsync(work, ended));
        return ended.Task;
    }

    public static Task Run(Action work)
    {
        return Run(() =>
        {
            work();
            return Task.CompletedTask;
        });
    }

    public static async Task<T> Run<T>(Func<T> work)
    {
        var result = default(T)!;
        await Run(() => { result = work(); }).Controlled();
        return result;
    }

    private static async Task RunAsync(Func<Task> work, TaskCompletionSource ended)
    {
        try
        {
            await work().Controlled();
            ended.TrySetResult();
        }
        catch (Exception e) when (e is not RunEnded)
        {
            ended.TrySetException(e);
        }
    }
}
