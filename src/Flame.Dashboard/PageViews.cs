using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Flame.Observation;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Flame.Dashboard;

/// <summary>What the page asks for when somebody looks closer.</summary>
internal sealed class PageViews(Observer observer, FlameDashboardOptions options)
{
    private const int MostCalls = 200;
    private const int MostLines = 200;

    public Task SendCallsAsync(HttpContext context)
    {
        var (pool, state) = (Query(context, "pool"), Query(context, "state"));
        return SendAsync(context, observer.Calls(new CallFilter(pool, state, MostCalls)), ViewJson.Default.CallViewArray);
    }

    public Task SendCallAsync(HttpContext context) => SendAsync(context, observer.Call(Id(context)), ViewJson.Default.CallView);

    public Task SendArgumentsAsync(HttpContext context) =>
        SendAsync(context, options.ShowArguments ? observer.Arguments(Id(context)) : null, ViewJson.Default.ArgumentViewArray);

    public Task SendLinesAsync(HttpContext context)
    {
        var after = long.TryParse(Query(context, "after"), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
        return SendAsync(context, observer.Lines(Query(context, "executor"), Query(context, "call"), after, MostLines), ViewJson.Default.LineViewArray);
    }

    public Task SendCostsAsync(HttpContext context) => SendAsync(context, observer.Costs(), ViewJson.Default.CostViewArray);

    private static string Id(HttpContext context) => (string)context.GetRouteValue("id")!;

    private static string? Query(HttpContext context, string name) => context.Request.Query[name] is [{ Length: > 0 } value] ? value : null;

    private static Task SendAsync<T>(HttpContext context, T? view, JsonTypeInfo<T> type) where T : class
    {
        if (view is null)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        context.Response.ContentType = "application/json; charset=utf-8";
        return JsonSerializer.SerializeAsync(context.Response.Body, view, type, context.RequestAborted);
    }
}
