using Flame;
using Flame.Dashboard;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Adds the dashboard of Flame to a web application.</summary>
public static class FlameDashboardExtensions
{
    /// <summary>
    /// Serves a live page of the pools of this process. Only requests that come from this machine, to a name of this machine, are answered, unless
    /// <c>RequireAuthorization</c> on what is returned says who else may see it.
    /// </summary>
    /// <remarks>From the start of the application on the pools are watched: that costs a few microseconds a call, and the last lines and calls are kept in memory.</remarks>
    /// <param name="app">The application, which has Flame.</param>
    /// <param name="path">Where. Begins with a slash.</param>
    /// <param name="configure">Sets what the page may do.</param>
    /// <returns>All endpoints of the dashboard.</returns>
    /// <exception cref="InvalidOperationException">The application has no pools: <c>AddFlame</c> was not called.</exception>
    public static IEndpointConventionBuilder MapFlameDashboard(this IEndpointRouteBuilder app, string path = "/flame", Action<FlameDashboardOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(app);
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        var options = new FlameDashboardOptions();
        configure?.Invoke(options);
        var pools = app.ServiceProvider.GetRequiredService<FlamePools>();
        var observer = pools.Observe();
        var feed = new PageFeed(observer, app.ServiceProvider.GetService<TimeProvider>() ?? TimeProvider.System, options, app.ServiceProvider.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);
        var views = new PageViews(observer, options);
        var actions = new PageActions(pools, observer, options);

        var group = app.MapGroup(path.TrimEnd('/'));
        group.MapMethods("/", [HttpMethods.Get], PageFiles.SendPageAsync);
        foreach (var file in PageFiles.Names) group.MapMethods($"/{file}", [HttpMethods.Get], context => PageFiles.SendAsync(context, file));
        group.MapMethods("/live", [HttpMethods.Get], feed.SendAsync);
        group.MapMethods("/calls", [HttpMethods.Get], views.SendCallsAsync);
        group.MapMethods("/calls/{id}", [HttpMethods.Get], views.SendCallAsync);
        group.MapMethods("/calls/{id}/arguments", [HttpMethods.Get], views.SendArgumentsAsync);
        group.MapMethods("/calls/{id}/cancel", [HttpMethods.Post], actions.CancelAsync);
        group.MapMethods("/lines", [HttpMethods.Get], views.SendLinesAsync);
        group.MapMethods("/costs", [HttpMethods.Get], views.SendCostsAsync);
        group.MapMethods("/control", [HttpMethods.Post], actions.ControlAsync);
        ((IEndpointConventionBuilder)group).Finally(static endpoint => endpoint.RequestDelegate = Door.Of(endpoint.RequestDelegate!, endpoint.Metadata));
        return group;
    }
}
