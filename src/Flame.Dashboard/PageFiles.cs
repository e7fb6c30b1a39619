using Microsoft.AspNetCore.Http;

namespace Flame.Dashboard;

/// <summary>The page and what it loads, out of this assembly.</summary>
internal static class PageFiles
{
    public static string[] Names { get; } = typeof(PageFiles).Assembly.GetManifestResourceNames();

    public static Task SendPageAsync(HttpContext context)
    {
        // What the page loads stands beside it, which to a browser means below the slash.
        if (context.Request.Path.Value?.EndsWith('/') == true) return SendAsync(context, "index.html");
        context.Response.Redirect($"{context.Request.PathBase}{context.Request.Path}/", permanent: false);
        return Task.CompletedTask;
    }

    public static async Task SendAsync(HttpContext context, string name)
    {
        await using var file = typeof(PageFiles).Assembly.GetManifestResourceStream(name)!;
        context.Response.ContentType = Path.GetExtension(name) switch
        {
            ".js" => "text/javascript; charset=utf-8",
            ".css" => "text/css; charset=utf-8",
            ".svg" => "image/svg+xml",
            _ => "text/html; charset=utf-8",
        };
        context.Response.ContentLength = file.Length;
        await file.CopyToAsync(context.Response.Body, context.RequestAborted).ConfigureAwait(false);
    }
}
