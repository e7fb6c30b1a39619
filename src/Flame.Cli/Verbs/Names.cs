using System.CommandLine.Completions;
using Flame.Cli.Parents;
using Flame.Control;

namespace Flame.Cli.Verbs;

/// <summary>Names of what a running parent has, for completion. Who has no parent, or more than one, is offered nothing.</summary>
internal static class Names
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    public static IEnumerable<string> Pools(CompletionContext context) => Ask(context, new ControlRequest("status"), static answer => answer.Process?.Pools.Select(static pool => pool.Name));

    public static IEnumerable<string> Executors(CompletionContext context) => Ask(
        context, new ControlRequest("status"), static answer => answer.Process?.Pools.SelectMany(static pool => pool.Executors).Where(static executor => executor.State != "gone").Select(static executor => executor.Name));

    public static IEnumerable<string> OpenCalls(CompletionContext context) => Calls(context, static call => call.State is "queued" or "running");

    public static IEnumerable<string> AllCalls(CompletionContext context) => Calls(context, static _ => true);

    /// <summary><c>Max=</c> and the like.</summary>
    public static IEnumerable<string> Options(CompletionContext context) => Ask(context, new ControlRequest("explain"), static answer => answer.Option is { IsLive: true } option ? [option.Name + "="] : null);

    private static string[] Calls(CompletionContext context, Func<Observation.CallView, bool> which) =>
        Ask(context, new ControlRequest("calls"), answer => answer.Call is { } call && which(call) ? [call.Id] : null);

    private static string[] Ask(CompletionContext context, ControlRequest request, Func<ControlAnswer, IEnumerable<string>?> names)
    {
        try
        {
            using var patience = new CancellationTokenSource(s_patience, TimeProvider.System);
            return AskAsync().GetAwaiter().GetResult();

            async Task<string[]> AskAsync()
            {
                var found = new SortedSet<string>(StringComparer.Ordinal);
                await foreach (var line in RunningParents.One(context.ParseResult.GetValue<string?>("--parent"), Environment.GetEnvironmentVariable("FLAME_TOKEN")).AskAsync(request, patience.Token).ConfigureAwait(false))
                    found.UnionWith(names(line.Answer) ?? []);
                return [.. found];
            }
        }
        catch (Exception e) when (e is ToolException or OperationCanceledException or InvalidOperationException or ArgumentException)
        {
            return [];
        }
    }
}
