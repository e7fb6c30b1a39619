using Flame.CompilerServices;
using Microsoft.Extensions.DependencyInjection;

namespace Flame.Executor;

/// <summary>Runs an executor's hooks, one after another, each in a scope of its own.</summary>
internal static class ExecutorHooks
{
    public static async Task RunAsync(ExecutorHook[] hooks, Func<IServiceProvider> services, CancellationToken ct)
    {
        foreach (var hook in hooks)
        {
            await using var scope = services().CreateAsyncScope();
            await hook(scope.ServiceProvider, ct).ConfigureAwait(false);
        }
    }
}
