using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Flame.Fly.Tests.Prism;

/// <summary>
/// Stands where the API is expected and passes every call to Prism under the path that the document has. Prism says what
/// it finds in a header of the answer; what it finds in the request is kept here.
/// </summary>
internal sealed class PrismRelay : IAsyncDisposable
{
    private static readonly string[] s_carried = ["Authorization", "fly-machine-lease-nonce", "User-Agent"];

    private readonly HttpClient _prism = new() { Timeout = TimeSpan.FromSeconds(90) };
    private readonly WebApplication _server;

    private PrismRelay(WebApplication server) => _server = server;

    public ConcurrentQueue<string> Violations { get; } = new();

    public ConcurrentQueue<string> Calls { get; } = new();

    public string Address { get; private set; } = "";

    /// <param name="port">Where Prism listens.</param>
    /// <param name="prefix">What the document's paths begin with.</param>
    public static async Task<PrismRelay> StartAsync(int port, string prefix)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0").UseShutdownTimeout(TimeSpan.Zero);
        var relay = new PrismRelay(builder.Build());
        relay._server.Run(http => relay.PassAsync(http, $"http://127.0.0.1:{port}{prefix}"));
        await relay._server.StartAsync();
        relay.Address = relay._server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return relay;
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _prism.Dispose();
    }

    private async Task PassAsync(HttpContext http, string prism)
    {
        try
        {
            using var request = new HttpRequestMessage(new HttpMethod(http.Request.Method), prism + http.Request.Path.Value!["/v1".Length..] + http.Request.QueryString);
            if (http.Request.ContentLength > 0) request.Content = new StreamContent(http.Request.Body) { Headers = { { "Content-Type", http.Request.ContentType } } };
            foreach (var name in s_carried.Where(name => http.Request.Headers.ContainsKey(name))) request.Headers.TryAddWithoutValidation(name, (string?)http.Request.Headers[name]);
            using var answer = await _prism.SendAsync(request, http.RequestAborted);
            var call = $"{http.Request.Method} {http.Request.Path}{http.Request.QueryString}";
            Calls.Enqueue($"{(int)answer.StatusCode} {call}");
            if (answer.Headers.TryGetValues("sl-violations", out var violations)) Keep(call, string.Concat(violations));
            http.Response.StatusCode = (int)answer.StatusCode;
            http.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
            await answer.Content.CopyToAsync(http.Response.Body, http.RequestAborted);
        }
        catch (OperationCanceledException)
        {
            // The caller hung up.
        }
    }

    private void Keep(string call, string violations)
    {
        // The document contradicts itself in what it says of answers; only requests are ours.
        foreach (var violation in JsonDocument.Parse(violations).RootElement.EnumerateArray())
        {
            if (violation.GetProperty("location")[0].GetString() == "request") Violations.Enqueue($"{call}: {violation}");
        }
    }
}
