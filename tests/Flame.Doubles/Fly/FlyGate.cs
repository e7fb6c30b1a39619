using System.Text;
using Microsoft.AspNetCore.Http;

namespace Flame.Doubles.Fly;

/// <summary>What every call passes before it is answered: the outage, the token, the limits and the faults.</summary>
internal static class FlyGate
{
    public static async Task PassAsync(HttpContext http, FlyDouble cloud, Func<Task> next)
    {
        var (action, subject) = Action(http.Request, cloud);
        http.Response.Headers["fly-request-id"] = FlyAnswer.Ulid() + "-ams";
        try
        {
            if (DateTimeOffset.UtcNow < cloud.Faults.DownUntil) await WriteAsync(http, FlyFault.Unavailable);
            else if (http.Request.Headers.Authorization != "FlyV1 " + cloud.Token) await FlyAnswer.UnauthorizedAsync(http);
            else if (cloud.HasLimits && !cloud.Limits.Allows(action, subject)) await FlyAnswer.ThrottledAsync(http);
            else if (cloud.Faults.Of(action) is { } fault) await FailAsync(http, fault, next);
            else await next();
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The caller hung up.
        }
        finally
        {
            cloud.Calls.Enqueue(new FlyCall(action, subject, http.Request.Method, http.Request.Path, http.Response.StatusCode, DateTimeOffset.UtcNow));
        }
    }

    private static async Task FailAsync(HttpContext http, FlyFault fault, Func<Task> next)
    {
        await Task.Delay(fault.Delay);
        if (fault.Status < 0)
        {
            await next();
            return;
        }

        if (fault.AfterCommit)
        {
            var real = http.Response.Body;
            http.Response.Body = Stream.Null;
            await next();
            http.Response.Body = real;
        }

        if (fault.Status == 0) http.Abort();
        else await WriteAsync(http, fault);
    }

    private static async Task WriteAsync(HttpContext http, FlyFault fault)
    {
        http.Response.StatusCode = fault.Status;
        http.Response.ContentType = fault.ContentType;
        if (fault.RetryAfter is { } wait) http.Response.Headers.RetryAfter = ((int)wait.TotalSeconds).ToString(System.Globalization.CultureInfo.InvariantCulture);
        await http.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(fault.Body));
    }

    /// <summary>What the limits count: the action, and the machine or the application.</summary>
    private static (string Action, string Subject) Action(HttpRequest request, FlyDouble cloud)
    {
        var path = request.Path.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return (request.Method, path) switch
        {
            ("POST", [_, "apps", _, "machines"]) => ("create", cloud.App),
            ("GET", [_, "apps", _, "machines"]) => ("list", cloud.App),
            ("GET", [_, "apps", _, "machines", var id]) => ("get", id),
            ("POST", [_, "apps", _, "machines", var id]) => ("update", id),
            ("DELETE", [_, "apps", _, "machines", var id]) => ("destroy", id),
            ("DELETE", [_, "apps", _, "machines", var id, "lease"]) => ("release", id),
            (_, [_, "apps", _, "machines", var id, var verb]) => (verb, id),
            ("POST", [_, "apps", _, "volumes"]) => ("create volume", cloud.App),
            _ => ("other", cloud.App),
        };
    }
}
