using Polly;

namespace Flame.EndToEnd.App;

/// <summary>Apart from the other actions: what names the library loads it.</summary>
internal static class Retried
{
    public static Task<int> PollyAsync() =>
        Jobs.Remote.With(new FlameCallOptions { Idempotent = true, Retry = new ResiliencePipelineBuilder().AddRetry(new()).Build() }).PollyAsync();
}
