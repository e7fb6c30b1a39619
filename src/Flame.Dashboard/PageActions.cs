using Flame.Control;
using Flame.Observation;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Flame.Dashboard;

/// <summary>What changes something. Only where the program allows it, and never for a page of somebody else.</summary>
internal sealed class PageActions(FlamePools pools, Observer observer, FlameDashboardOptions options, CancellationToken stopping)
{
    private readonly ControlCommands _commands = new(pools, options.AllowActions ? ControlRights.Act : ControlRights.Look, options.ShowArguments);

    public Task CancelAsync(HttpContext context)
    {
        if (!options.AllowActions) return Door.RefuseAsync(context, "FLM3041: this dashboard only shows. Set AllowActions in MapFlameDashboard to cancel calls here.");
        if (!IsOwn(context)) return Door.RefuseAsync(context, $"FLM3042: an action was asked for by another page, or without the header {ControlRequest.Header}.");
        context.Response.StatusCode = observer.Cancel((string)context.GetRouteValue("id")!) ? StatusCodes.Status204NoContent : StatusCodes.Status409Conflict;
        return Task.CompletedTask;
    }

    /// <summary>What the <c>flame</c> tool asks, as it asks it over the control socket.</summary>
    public async Task ControlAsync(HttpContext context)
    {
        if (!IsOwn(context))
        {
            await Door.RefuseAsync(context, $"FLM3042: a command was given by another page, or without the header {ControlRequest.Header}.").ConfigureAwait(false);
            return;
        }

        using var request = new MemoryStream();
        var buffer = new byte[4096];
        while (await context.Request.Body.ReadAsync(buffer, context.RequestAborted).ConfigureAwait(false) is var count and > 0 && request.Length <= ControlRequest.MostBytes) request.Write(buffer, 0, count);
        context.Response.ContentType = "application/x-ndjson";

        // What follows lines or states goes on until somebody ends it, and must not keep the application from its end.
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        try
        {
            await _commands.RunAsync(request.ToArray(), context.Response.Body, end.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // Who asked is gone, or the application stops.
        }
    }

    // A browser says where a page that asks is from, and asks first whether it may send such a header. Whoever is no browser sends it.
    private static bool IsOwn(HttpContext context) =>
        context.Request.Headers.ContainsKey(ControlRequest.Header)
        && (context.Request.Headers["Sec-Fetch-Site"] is not [var site] || site is "same-origin" or "none")
        && (context.Request.Headers.Origin is not [{ } origin] || (Uri.TryCreate(origin, UriKind.Absolute, out var from) && from.Authority.Equals(context.Request.Host.Value, StringComparison.OrdinalIgnoreCase)));
}
