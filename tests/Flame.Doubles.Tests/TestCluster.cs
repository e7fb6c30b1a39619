using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Flame.Doubles.Tests;

/// <summary>A cluster and a plain HTTP client of it.</summary>
internal sealed class TestCluster : IAsyncDisposable
{
    /// <summary>Prints, then runs until it is asked to end.</summary>
    public const string Sleeper = "sleeper:1";

    /// <summary>What its args say, in a shell.</summary>
    public const string Shell = "shell:1";

    private readonly CancellationTokenSource _timeout = new(TimeSpan.FromSeconds(60));

    private TestCluster(KubernetesDouble cluster)
    {
        Cluster = cluster;
        Http = new HttpClient { BaseAddress = cluster.Url };
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", cluster.Token);
    }

    public KubernetesDouble Cluster { get; }

    public HttpClient Http { get; }

    /// <summary>Nothing here takes a minute.</summary>
    public CancellationToken Ct => _timeout.Token;

    public static async Task<TestCluster> StartAsync(Action<KubernetesOptions>? configure = null)
    {
        var options = new KubernetesOptions { Images = { [Sleeper] = new LocalImage("/bin/sh", ["-c", "echo hello; exec sleep 600"]), [Shell] = new LocalImage("/bin/sh", "-c") } };
        configure?.Invoke(options);
        return new TestCluster(await KubernetesDouble.StartAsync(options));
    }

    public static JsonObject PodOf(string name, string image = Sleeper, string? script = null, Action<JsonObject>? change = null)
    {
        var container = new JsonObject { ["name"] = "app", ["image"] = image };
        if (script is not null) container["args"] = new JsonArray(script);
        var pod = new JsonObject
        {
            ["kind"] = "Pod", ["apiVersion"] = "v1", ["metadata"] = new JsonObject { ["name"] = name },
            ["spec"] = new JsonObject { ["restartPolicy"] = "Never", ["containers"] = new JsonArray(container) },
        };
        change?.Invoke(pod);
        return pod;
    }

    public static JsonObject SecretOf(string name, params (string Key, string Value)[] data)
    {
        var values = new JsonObject();
        foreach (var (key, value) in data) values[key] = value;
        return new JsonObject { ["kind"] = "Secret", ["apiVersion"] = "v1", ["metadata"] = new JsonObject { ["name"] = name }, ["stringData"] = values };
    }

    public static string Path(string resource, string name = "") => $"/api/v1/namespaces/default/{resource}{(name.Length > 0 ? "/" + name : "")}";

    public Task<JsonObject> RunningAsync(string pod) => Cluster.PodAsync(pod, p => p.Text("status", "phase") == "Running", Ct);

    public Task<JsonObject> EndedAsync(string pod) => Cluster.PodAsync(pod, p => p.Text("status", "phase") is "Succeeded" or "Failed", Ct);

    public async Task<JsonObject> SendAsync(HttpMethod method, string path, JsonNode? body = null, HttpStatusCode expect = HttpStatusCode.OK, string type = "application/json")
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, type);
        using var response = await Http.SendAsync(request, Ct);
        var text = await response.Content.ReadAsStringAsync(Ct);
        Assert.True(expect == response.StatusCode, $"{method} {path}: {(int)response.StatusCode} {text}");
        var answer = (JsonObject)JsonNode.Parse(text)!;
        Assert.Empty(Unknown(answer));
        return answer;
    }

    public Task<JsonObject> GetAsync(string path, HttpStatusCode expect = HttpStatusCode.OK) => SendAsync(HttpMethod.Get, path, null, expect);

    public Task<JsonObject> CreateAsync(string resource, JsonObject o, HttpStatusCode expect = HttpStatusCode.Created) => SendAsync(HttpMethod.Post, Path(resource), o, expect);

    public Task<JsonObject> DeleteAsync(string resource, string name, JsonObject? options = null, HttpStatusCode expect = HttpStatusCode.OK) => SendAsync(HttpMethod.Delete, Path(resource, name), options, expect);

    public Task<JsonObject> PatchAsync(string resource, string name, JsonNode patch, string type, HttpStatusCode expect = HttpStatusCode.OK) =>
        SendAsync(HttpMethod.Patch, Path(resource, name), patch, expect, $"application/{type}+json");

    /// <summary>The events of a watch, until it or the reader ends.</summary>
    public async IAsyncEnumerable<(string Type, JsonObject Object)> WatchAsync(string resource, string query = "")
    {
        using var response = await Http.GetAsync($"{Path(resource)}?watch=true&{query}", HttpCompletionOption.ResponseHeadersRead, Ct);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Ct));
        while (await reader.ReadLineAsync(Ct) is { } line)
        {
            var o = JsonNode.Parse(line)!;
            var seen = o["object"]!.AsObject();
            if (o.Text("type") != "BOOKMARK") Assert.Empty(Unknown(seen));
            yield return (o.Text("type")!, seen);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Cluster.DisposeAsync();
        _timeout.Dispose();
    }

    // What the server says must be in its own document.
    private static IReadOnlyList<string> Unknown(JsonObject o) => OpenApiSchema.Check(o);
}
