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
    private const string OnlyHere = "FLM3040: this dashboard answers only to this machine, at localhost. To open it to others, say who: app.MapFlameDashboard().RequireAuthorization(\"a policy\").";

    private const string Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    // What a proxy adds for whom it asks. One on this machine asks from here, and mostly by a name of this machine.
    private static readonly string[] s_forwarded = ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", HeaderNames.Via];

    public static RequestDelegate Of(RequestDelegate inside, IList<object> metadata)
    {
        // Read once: the application has said all by then. Where everybody is let in, nobody has said who may.
        var isGuarded = (metadata.OfType<IAuthorizeData>().Any() || metadata.OfType<AuthorizationPolicy>().Any()) && !metadata.OfType<IAllowAnonymous>().Any();
        return context =>
        {
            Headers(context.Response);
            return isGuarded || IsOfThisMachine(context) ? inside(context) : RefuseAsync(context, OnlyHere);
        };
    }

    // A connection without an address is a Unix socket, and who sits there is a proxy more often than not.
    private static bool IsOfThisMachine(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address) && IsNameOfThisMachine(context.Request.Host.Host)
        && !s_forwarded.Any(context.Request.Headers.ContainsKey);

    // A name that only this machine can have.
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

    /// <summary>Says why not.</summary>
    public static Task RefuseAsync(HttpContext context, string words)
    {
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(words);
    }
}
