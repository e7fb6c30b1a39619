using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Flame.Doubles.Kubernetes;

/// <summary>What a pod's container printed.</summary>
internal sealed class PodLog(KubernetesDouble cluster)
{
    public async Task SendAsync(ApiRequest request)
    {
        var container = Container(request);
        var log = container.Log;
        var http = request.Http;
        var follow = request.Query("follow") is "true" or "1";
        var stamped = request.Query("timestamps") is "true" or "1";
        http.Response.ContentType = "text/plain";
        await http.Response.StartAsync(http.RequestAborted).ConfigureAwait(false);
        await http.Response.Body.FlushAsync(http.RequestAborted).ConfigureAwait(false);

        var next = First(request, log);
        while (true)
        {
            var (lines, ended, more) = log.Read(next);
            next += lines.Count;
            foreach (var (time, line) in lines) await http.Response.WriteAsync((stamped ? time.Rfc3339Micro() + " " : "") + line + "\n", http.RequestAborted).ConfigureAwait(false);
            await http.Response.Body.FlushAsync(http.RequestAborted).ConfigureAwait(false);
            if (ended || !follow) return;
            await more.WaitAsync(http.RequestAborted).ConfigureAwait(false);
        }
    }

    private static int First(ApiRequest request, ContainerLog log)
    {
        var lines = log.Read(0).Lines;
        var first = 0;
        if (int.TryParse(request.Query("tailLines"), CultureInfo.InvariantCulture, out var tail)) first = Math.Max(lines.Count - tail, 0);
        var since = request.Query("sinceTime") is { Length: > 0 } text ? DateTimeOffset.Parse(text, CultureInfo.InvariantCulture) : (DateTimeOffset?)null;
        while (first < lines.Count && lines[first].Time < since) first++;
        return first;
    }

    private ContainerRun Container(ApiRequest request)
    {
        var pod = cluster.Store.Get(request.Key) ?? throw ApiError.NotFound(ResourceKind.Pods, request.Name);
        var names = pod.Items("spec", "containers").Select(c => c.Text("name")!).ToArray();
        var name = request.Query("container");
        if (string.IsNullOrEmpty(name)) name = names.Length == 1 ? names[0] : throw ApiError.BadRequest($"a container name must be specified for pod {request.Name}, choose one of: [{string.Join(' ', names)}]");

        var container = cluster.Kubelet.Run(request.Namespace, request.Name)?.Containers.FirstOrDefault(c => c.Name == name);
        if (container is null && !names.Contains(name)) throw ApiError.BadRequest($"container {name} is not valid for pod {request.Name}");
        if (request.Query("previous") is "true" or "1") throw ApiError.BadRequest($"previous terminated container \"{name}\" in pod \"{request.Name}\" not found");
        if (container?.Process is not null || container?.ExitCode is not null) return container;
        var why = container?.State.Text("waiting", "reason") switch
        {
            null or "ContainerCreating" => "ContainerCreating",
            "ErrImagePull" => "image can't be pulled",
            "ImagePullBackOff" => "trying and failing to pull image",
            var reason => reason,
        };
        throw ApiError.BadRequest($"container \"{name}\" in pod \"{request.Name}\" is waiting to start: {why}");
    }
}
