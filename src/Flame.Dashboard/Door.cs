using System.Net;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Flame.Dashboard;

/// <summary>
/// Who may come in. Without a policy it is whoever is on this machine: by where the connection comes from, and by the name that was asked for, or a page of
/// somebody else could point a name of his at this machine and read along.
/// </summary>
internal static class Door
{
    /// <summary>What a page of somebody else cannot send without being asked first.</summary>
    public const string ActionHeader = "X-Flame-Action";

    private const string Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public static RequestDelegate Of(RequestDelegate inside, IList<object> metadata)
    {
        // Read once: the application has said all by then.
        var isGuarded = metadata.OfType<IAuthorizeData>().Any() || metadata.OfType<AuthorizationPolicy>().Any();
        return context =>
        {
            Headers(context.Response);
            return isGuarded || IsOfThisMachine(context) ? inside(context) : RefuseAsync(context);
        };
    }

    private static bool IsOfThisMachine(HttpContext context) =>
        (context.Connection.RemoteIpAddress is not { } address || IPAddress.IsLoopback(address)) && IsNameOfThisMachine(context.Request.Host.Host);

    // A name that only this machine can have; a proxy in front of it brings another.
    private static bool IsNameOfThisMachine(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    private static void Headers(HttpResponse response)
    {
        response.Headers.ContentSecurityPolicy = Policy;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers[HeaderNames.CacheControl] = "no-store";
        response.Headers["Referrer-Policy"] = "no-referrer";
        response.Headers["Cross-Origin-Resource-Policy"] = "same-origin";
    }

    private static Task RefuseAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(
            "FLM3040: this dashboard answers only to this machine, at localhost. To open it to others, say who: app.MapFlameDashboard().RequireAuthorization(\"a policy\").");
    }
}
