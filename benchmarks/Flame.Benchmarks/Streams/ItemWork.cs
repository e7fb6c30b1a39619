namespace Flame.Benchmarks;

/// <summary>Methods whose results, reports and arguments are many small items.</summary>
internal static class ItemWork
{
    [Flame(Pool = "socket")]
    public static IAsyncEnumerable<Response> ItemsOverSocketAsync(int count) => ItemsAsync(count);

    [Flame(Pool = "grpc")]
    public static IAsyncEnumerable<Response> ItemsOverGrpcAsync(int count) => ItemsAsync(count);

    [Flame(Pool = "socket")]
    public static Task ReportOverSocketAsync(int count, IProgress<Response> progress) => ReportAsync(count, progress);

    [Flame(Pool = "grpc")]
    public static Task ReportOverGrpcAsync(int count, IProgress<Response> progress) => ReportAsync(count, progress);

    [Flame(Pool = "socket")]
    public static Task<int> CountOverSocketAsync(IAsyncEnumerable<Response> items) => CountAsync(items);

    [Flame(Pool = "grpc")]
    public static Task<int> CountOverGrpcAsync(IAsyncEnumerable<Response> items) => CountAsync(items);

    public static async IAsyncEnumerable<Response> ItemsAsync(int count)
    {
        await Task.Yield();
        for (var i = 0; i < count; i++) yield return new Response(i, "hello, flame");
    }

    private static Task ReportAsync(int count, IProgress<Response> progress)
    {
        for (var i = 0; i < count; i++) progress.Report(new Response(i, "hello, flame"));
        return Task.CompletedTask;
    }

    private static async Task<int> CountAsync(IAsyncEnumerable<Response> items)
    {
        var count = 0;
        await foreach (var item in items) count++;
        return count;
    }
}

/// <summary>Counts reports.</summary>
internal sealed class ReportCount : IProgress<Response>
{
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public void Report(Response value) => Interlocked.Increment(ref _count);
}
