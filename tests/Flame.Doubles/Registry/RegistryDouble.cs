using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Flame.Doubles.Registry;

/// <summary>A registry on loopback from which one image can be pulled: the part of the OCI distribution protocol that takes, over plain HTTP.</summary>
public sealed class RegistryDouble : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<string> _requests = new();

    private RegistryDouble(BaseImage image, string name, string tag)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _app = builder.Build();
        _app.Use((context, next) =>
        {
            _requests.Enqueue($"{context.Request.Method} {context.Request.Path}");
            return next();
        });
        string[] read = [HttpMethods.Get, HttpMethods.Head];
        _app.MapMethods("/v2/", read, () => Results.Ok());
        _app.MapMethods($"/v2/{name}/manifests/{{reference}}", read, (HttpContext context, string reference) => Answer(context, image, reference == tag ? image.Manifest : reference));
        _app.MapMethods($"/v2/{name}/blobs/{{digest}}", read, (HttpContext context, string digest) => Answer(context, image, digest));
        Image = $"{name}:{tag}";
    }

    /// <summary>What to pull: <c>localhost:port/name:tag</c>. Clients take a registry of that host without encryption.</summary>
    public string Image { get; private set; }

    /// <summary>What was asked for, in order.</summary>
    public IReadOnlyCollection<string> Requests => _requests;

    public static async Task<RegistryDouble> StartAsync(BaseImage image, string name, string tag)
    {
        var registry = new RegistryDouble(image, name, tag);
        await registry._app.StartAsync().ConfigureAwait(false);
        var address = registry._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        registry.Image = $"localhost:{new Uri(address).Port}/{registry.Image}";
        return registry;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static async Task Answer(HttpContext context, BaseImage image, string digest)
    {
        if (image.Find(digest) is not { } blob)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        context.Response.ContentType = blob.Type;
        context.Response.ContentLength = blob.Bytes.Length;
        context.Response.Headers["Docker-Content-Digest"] = digest;
        if (HttpMethods.IsGet(context.Request.Method)) await context.Response.Body.WriteAsync(blob.Bytes, context.RequestAborted).ConfigureAwait(false);
    }
}
