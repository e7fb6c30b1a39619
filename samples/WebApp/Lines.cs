using System.Text.Json;

namespace WebApp;

/// <summary>Answers with a line of JSON for each item, as soon as it is there.</summary>
internal sealed class Lines<T>(IAsyncEnumerable<T> items) : IResult
{
    private static readonly JsonSerializerOptions s_web = JsonSerializerOptions.Web;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var (response, ct) = (httpContext.Response, httpContext.RequestAborted);
        await using var each = items.GetAsyncEnumerator(ct);

        // What is wrong with the whole is thrown by the first step, before the answer has begun, and has a status of its own.
        for (var more = await each.MoveNextAsync(); more; more = await each.MoveNextAsync())
        {
            if (!response.HasStarted) response.ContentType = "application/x-ndjson";
            await JsonSerializer.SerializeAsync(response.Body, each.Current, s_web, ct);
            await response.WriteAsync("\n", ct);
            await response.Body.FlushAsync(ct);
        }
    }
}

internal static class Lines
{
    public static Lines<T> Of<T>(IAsyncEnumerable<T> items) => new(items);
}
