using Flame.Grpc;
using Flame.Links;

namespace Flame.Executor.Tests.Links;

/// <summary>Every way that a link can go. What is promised of links is promised over each.</summary>
internal static class Carriers
{
    public static LinkCarrier Unix => new SocketCarrier();

    public static LinkCarrier Tcp => new SocketCarrier(useTcp: true);

    public static LinkCarrier Grpc => GrpcCarrier.OverHttp2;

    public static LinkCarrier Pipe => new PipeCarrier();
}

/// <summary>A bound for everything that a test waits for: far beyond what it takes, so that only a hang passes it.</summary>
internal static class Patience
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static Task<T> Patiently<T>(this Task<T> task) => task.WaitAsync(Limit, TestContext.Current.CancellationToken);

    public static Task Patiently(this Task task) => task.WaitAsync(Limit, TestContext.Current.CancellationToken);

    /// <summary>Waits for what nothing announces.</summary>
    public static async Task UntilAsync(Func<bool> holds)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (!holds())
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
