using System.Text.Json;

namespace Flame.Doubles.Tests;

/// <summary>kubectl finds its way about the double, through TLS and a token.</summary>
public sealed class KubectlTests : IAsyncLifetime
{
    private TestCluster _test = null!;
    private Kubectl _kubectl = null!;

    private CancellationToken Ct => _test.Ct;

    public async ValueTask InitializeAsync()
    {
        _test = await TestCluster.StartAsync();
        _kubectl = new Kubectl(_test.Cluster);
    }

    public async ValueTask DisposeAsync()
    {
        _kubectl.Dispose();
        await _test.DisposeAsync();
    }

    [Fact]
    public async Task It_knows_the_version_and_what_there_is()
    {
        var version = JsonNode.Parse(await _kubectl.RunAsync(Ct, "version", "-o", "json"));
        Assert.Equal("v1.32.4", version.Text("serverVersion", "gitVersion"));
        TestContext.Current.SendDiagnosticMessage($"kubectl {version.Text("clientVersion", "gitVersion")}");
        var names = (await _kubectl.RunAsync(Ct, "api-resources", "-o", "name")).Split('\n');
        Assert.Contains("pods", names);
        Assert.Contains("leases.coordination.k8s.io", names);
    }

    [Fact]
    public async Task It_gets_pods_in_every_form()
    {
        await StartAsync("p");
        var running = await _test.RunningAsync("p");
        var lines = (await _kubectl.RunAsync(Ct, "get", "pods", "-o", "wide")).Split('\n');
        Assert.Matches("^NAME +READY +STATUS +RESTARTS +AGE +IP +NODE +NOMINATED NODE +READINESS GATES$", lines[0]);
        Assert.Matches($"^p +1/1 +Running +0 +[0-9]+s +{running.Text("status", "podIP")} +node-1 +<none> +<none>$", lines[1]);
        Assert.Equal(running.Text("metadata", "uid"), JsonNode.Parse(await _kubectl.RunAsync(Ct, "get", "pod", "p", "-o", "json")).Text("metadata", "uid"));
        Assert.Contains("  phase: Running\n", await _kubectl.RunAsync(Ct, "get", "po/p", "-o", "yaml"), StringComparison.Ordinal);
        Assert.Equal("pod/p\n", await _kubectl.RunAsync(Ct, "get", "pods", "-l", "app!=x", "--field-selector", "status.phase=Running", "-o", "name"));
        var (code, _, error) = await _kubectl.TryAsync(Ct, "get", "pod", "none");
        Assert.Equal((1, "Error from server (NotFound): pods \"none\" not found\n"), (code, error));
    }

    [Fact]
    public async Task It_watches()
    {
        await using var lines = _kubectl.LinesAsync(Ct, "get", "pods", "--watch", "--output-watch-events", "-o", "json").GetAsyncEnumerator(Ct);
        var first = lines.MoveNextAsync();
        while (_test.Cluster.OpenWatches == 0) await Task.Delay(10, Ct);
        await StartAsync("p");
        Assert.True(await first);
        var text = lines.Current;
        while (!text.Contains("Running", StringComparison.Ordinal) && await lines.MoveNextAsync()) text += lines.Current;
        Assert.Contains("ADDED", text, StringComparison.Ordinal);
        Assert.Contains("MODIFIED", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_describes_a_pod_with_its_events()
    {
        await StartAsync("p");
        await _test.RunningAsync("p");
        var text = await _kubectl.RunAsync(Ct, "describe", "pod", "p");
        Assert.Matches(@"Name: +p\n", text);
        Assert.Matches(@"Node: +node-1/127.0.0.1\n", text);
        Assert.Matches(@"Status: +Running\n", text);
        Assert.Matches(@"Normal +Scheduled +\S+ +default-scheduler +Successfully assigned default/p to node-1\n", text);
        Assert.Matches(@"Normal +Started +\S+ +kubelet +Started container app\n", text);
        Assert.Contains("kubelet is posting ready status", await _kubectl.RunAsync(Ct, "describe", "node", "node-1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_reads_and_follows_logs()
    {
        await _test.CreateAsync("pods", TestCluster.PodOf("p", TestCluster.Shell, "echo one; sleep 0.5; echo two"));
        await _test.RunningAsync("p");
        Assert.Equal("one\ntwo\n", await _kubectl.RunAsync(Ct, "logs", "-f", "p"));
        Assert.Equal("two\n", await _kubectl.RunAsync(Ct, "logs", "p", "--tail=1"));
    }

    [Fact]
    public async Task It_runs_a_program_in_a_pod()
    {
        await StartAsync("p");
        await _test.RunningAsync("p");
        var (code, output, error) = await _kubectl.TryAsync(Ct, "exec", "p", "--", "/bin/sh", "-c", "echo hi; echo oops >&2; exit 3");

        // Before 1.29 it only knows SPDY.
        if (error.Contains("Upgrade request required", StringComparison.Ordinal)) Assert.Skip("this kubectl knows no WebSockets");
        Assert.True((code, output) == (3, "hi\n"), $"{code}: {output}{error}");
        Assert.Contains("oops", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_deletes_gracefully_and_by_force()
    {
        await StartAsync("p");
        await StartAsync("q");
        await _test.RunningAsync("p");
        await _test.RunningAsync("q");
        Assert.Contains("pod \"p\" deleted", await _kubectl.RunAsync(Ct, "delete", "pod", "p", "--grace-period=5"), StringComparison.Ordinal);
        Assert.Null(_test.Cluster.Pod("p"));
        await _kubectl.RunAsync(Ct, "delete", "pod", "q", "--grace-period=0", "--force");
        Assert.Null(_test.Cluster.Pod("q"));
    }

    [Fact]
    public async Task It_applies_twice_and_waits()
    {
        var file = Path.Combine(_kubectl.Home, "pod.json");
        await File.WriteAllTextAsync(file, TestCluster.PodOf("p").ToJsonString(), Ct);
        Assert.Equal("pod/p created\n", await _kubectl.RunAsync(Ct, "apply", "--validate=false", "-f", file));
        Assert.Equal("pod/p condition met\n", await _kubectl.RunAsync(Ct, "wait", "--for=condition=Ready", "pod/p", "--timeout=30s"));
        await File.WriteAllTextAsync(file, TestCluster.PodOf("p", change: p => p["metadata"]!["labels"] = new JsonObject { ["a"] = "b" }).ToJsonString(), Ct);
        Assert.Equal("pod/p configured\n", await _kubectl.RunAsync(Ct, "apply", "--validate=false", "-f", file));
        Assert.Equal("b", _test.Cluster.Pod("p").Text("metadata", "labels", "a"));

        // An old one does not wait for what is gone before it looks.
        var watches = Watches();
        var waiting = _kubectl.RunAsync(Ct, "wait", "--for=delete", "pod/p", "--timeout=30s");
        while (Watches() == watches && !waiting.IsCompleted) await Task.Delay(10, Ct);
        await _test.DeleteAsync("pods", "p");
        await waiting;

        int Watches() => _test.Cluster.Requests.Count(r => r.Verb == "watch");
    }

    [Fact]
    public async Task It_makes_labels_and_patches_secrets()
    {
        await _kubectl.RunAsync(Ct, "create", "secret", "generic", "s1", "--from-literal=a=b");
        await _kubectl.RunAsync(Ct, "label", "secret", "s1", "x=y");
        await _kubectl.RunAsync(Ct, "patch", "secret", "s1", "-p", """{"stringData":{"c":"d"}}""");
        var secret = Assert.Single(_test.Cluster.Secrets);
        Assert.Equal(("Yg==", "ZA==", "y"), (secret.Text("data", "a"), secret.Text("data", "c"), secret.Text("metadata", "labels", "x")));
        Assert.Contains("s1", await _kubectl.RunAsync(Ct, "get", "secrets"), StringComparison.Ordinal);
        Assert.Empty(_test.Cluster.Objections);
    }

    [Fact]
    public async Task It_may_what_the_role_allows()
    {
        _test.Cluster.Rights = new AccessRights().Allow("", "pods", "get", "list");
        using var user = new Kubectl(_test.Cluster, admin: false);
        Assert.Equal("yes\n", await user.RunAsync(Ct, "auth", "can-i", "get", "pods"));
        var (code, output, _) = await user.TryAsync(Ct, "auth", "can-i", "delete", "pods");
        Assert.Equal((1, "no\n"), (code, output));
        await user.RunAsync(Ct, "get", "pods");
        var (denied, _, error) = await user.TryAsync(Ct, "get", "secrets");
        Assert.Equal((1, "Error from server (Forbidden): secrets is forbidden: User \"system:serviceaccount:default:default\" cannot list resource \"secrets\" in API group \"\" in the namespace \"default\"\n"), (denied, error));
    }

    private Task<JsonObject> StartAsync(string name) => _test.CreateAsync("pods", TestCluster.PodOf(name));
}
