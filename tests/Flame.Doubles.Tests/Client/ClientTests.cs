using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace Flame.Doubles.Tests;

/// <summary>The client library of .NET finds its way about the double, from a kubeconfig and from within.</summary>
public sealed class ClientTests : IAsyncLifetime
{
    private TestCluster _test = null!;
    private k8s.Kubernetes _client = null!;

    private CancellationToken Ct => _test.Ct;

    public async ValueTask InitializeAsync()
    {
        _test = await TestCluster.StartAsync();
        var file = _test.Cluster.WriteKubeconfig(Path.GetTempFileName(), admin: false);
        _client = new k8s.Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(file));
        File.Delete(file);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _test.DisposeAsync();
    }

    [Fact]
    public async Task It_makes_watches_and_deletes_a_pod()
    {
        var list = await _client.CoreV1.ListNamespacedPodAsync("default", cancellationToken: Ct);
        var watching = Task.Run(async () =>
        {
            var seen = new List<(WatchEventType, string)>();
            await foreach (var (type, pod) in _client.CoreV1.WatchListNamespacedPodAsync("default", resourceVersion: list.ResourceVersion(), labelSelector: "run=1", cancellationToken: Ct))
            {
                seen.Add((type, pod.Status.Phase));
                if (type == WatchEventType.Deleted) break;
            }

            return seen;
        });
        var created = await _client.CoreV1.CreateNamespacedPodAsync(Pod("p"), "default", cancellationToken: Ct);
        await _test.RunningAsync("p");
        var read = await _client.CoreV1.ReadNamespacedPodAsync("p", "default", cancellationToken: Ct);
        Assert.Equal((created.Uid(), "Running"), (read.Uid(), read.Status.Phase));
        Assert.NotNull(read.Status.ContainerStatuses.Single().State.Running.StartedAt);

        await _client.CoreV1.DeleteNamespacedPodAsync("p", "default", new V1DeleteOptions { Preconditions = new V1Preconditions { Uid = created.Uid() }, GracePeriodSeconds = 2 }, cancellationToken: Ct);
        var seen = await watching;
        Assert.Equal((WatchEventType.Added, "Pending"), seen[0]);
        Assert.Contains((WatchEventType.Modified, "Running"), seen);
        Assert.Equal(WatchEventType.Deleted, seen[^1].Item1);
        Assert.Empty(_test.Cluster.Objections);
    }

    [Fact]
    public async Task It_makes_and_patches_a_secret()
    {
        var secret = new V1Secret { Metadata = new V1ObjectMeta { GenerateName = "flame-" }, StringData = new Dictionary<string, string> { ["parent"] = "x" }, Immutable = true };
        var created = await _client.CoreV1.CreateNamespacedSecretAsync(secret, "default", cancellationToken: Ct);
        Assert.Equal("x", Encoding.UTF8.GetString(created.Data["parent"]));
        var patch = new V1Patch("""{"metadata":{"labels":{"a":"b"}}}""", V1Patch.PatchType.MergePatch);
        Assert.Equal("b", (await _client.CoreV1.PatchNamespacedSecretAsync(patch, created.Name(), "default", cancellationToken: Ct)).Labels()["a"]);
        var refused = await Assert.ThrowsAsync<HttpOperationException>(() => _client.CoreV1.PatchNamespacedSecretAsync(new V1Patch("""{"data":{"parent":"eQ=="}}""", V1Patch.PatchType.MergePatch), created.Name(), "default", cancellationToken: Ct));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.Response.StatusCode);
    }

    [Fact]
    public async Task It_asks_what_it_may()
    {
        _test.Cluster.Rights = new AccessRights { Namespace = "default" }.Allow("", "pods", "create");
        Assert.True(await MayAsync("create", "default"));
        Assert.False(await MayAsync("delete", "default"));
        Assert.False(await MayAsync("create", "kube-system"));
        var refused = await Assert.ThrowsAsync<HttpOperationException>(() => _client.CoreV1.ListNamespacedPodAsync("default", cancellationToken: Ct));
        Assert.Equal(HttpStatusCode.Forbidden, refused.Response.StatusCode);

        async Task<bool> MayAsync(string verb, string ns) => (await _client.AuthorizationV1.CreateSelfSubjectAccessReviewAsync(
            new V1SelfSubjectAccessReview { Spec = new V1SelfSubjectAccessReviewSpec { ResourceAttributes = new V1ResourceAttributes { Verb = verb, Resource = "pods", NamespaceProperty = ns } } }, cancellationToken: Ct)).Status.Allowed;
    }

    [Fact]
    public async Task It_takes_and_renews_a_lease()
    {
        var lease = await _client.CoordinationV1.CreateNamespacedLeaseAsync(
            new V1Lease { Metadata = new V1ObjectMeta { Name = "run" }, Spec = new V1LeaseSpec { HolderIdentity = "me", LeaseDurationSeconds = 15, RenewTime = DateTime.UtcNow } }, "default", cancellationToken: Ct);
        lease.Spec.RenewTime = DateTime.UtcNow.AddSeconds(5);
        var renewed = await _client.CoordinationV1.ReplaceNamespacedLeaseAsync(lease, "run", "default", cancellationToken: Ct);
        Assert.NotEqual(lease.ResourceVersion(), renewed.ResourceVersion());
        await Assert.ThrowsAsync<HttpOperationException>(() => _client.CoordinationV1.ReplaceNamespacedLeaseAsync(lease, "run", "default", cancellationToken: Ct));
    }

    [Fact]
    public async Task It_reaches_a_port_of_a_pod()
    {
        await _client.CoreV1.CreateNamespacedPodAsync(Pod("p"), "default", cancellationToken: Ct);
        await _test.RunningAsync("p");
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var echoing = Task.Run(async () =>
        {
            using var accepted = await listener.AcceptTcpClientAsync(Ct);
            await accepted.GetStream().CopyToAsync(accepted.GetStream(), Ct);
        });

        using (var socket = await _client.WebSocketNamespacedPodPortForwardAsync("p", "default", [port], "v4.channel.k8s.io", cancellationToken: Ct))
        using (var demuxer = new StreamDemuxer(socket, StreamType.PortForward))
        {
            demuxer.Start();

            // One stream each way: a single one lets no write pass a read that waits.
            using var input = demuxer.GetStream((byte?)0, null);
            using var output = demuxer.GetStream((byte?)null, 0);
            var sent = new byte[100_000];
            Random.Shared.NextBytes(sent);
            var received = new byte[sent.Length];
            var writing = Task.Run(() => output.Write(sent), Ct);
            await Task.Run(() => input.ReadExactly(received), Ct);
            await writing;
            Assert.Equal(sent, received);
        }

        await echoing;
    }

    [Fact]
    public async Task A_port_on_which_nobody_listens_is_said_on_the_error_channel()
    {
        await _client.CoreV1.CreateNamespacedPodAsync(Pod("p"), "default", cancellationToken: Ct);
        await _test.RunningAsync("p");
        using var socket = await _client.WebSocketNamespacedPodPortForwardAsync("p", "default", [1], "v4.channel.k8s.io", cancellationToken: Ct);
        using var demuxer = new StreamDemuxer(socket, StreamType.PortForward);
        demuxer.Start();
        using var errors = demuxer.GetStream((byte?)1, (byte?)1);
        var buffer = new byte[200];
        var read = await Task.Run(() => errors.Read(buffer, 0, buffer.Length));
        Assert.StartsWith("error forwarding port 1 to pod", Encoding.UTF8.GetString(buffer, 0, read), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_works_from_within_a_pod()
    {
        var folder = _test.Cluster.ServiceAccountFolder();
        var from = new KubernetesClientConfiguration
        {
            Host = _test.Cluster.SecureUrl.ToString(), TokenProvider = new k8s.Authentication.TokenFileAuth(Path.Combine(folder, "token")),
            SslCaCerts = [X509CertificateLoader.LoadCertificateFromFile(Path.Combine(folder, "ca.crt"))],
        };
        using var client = new k8s.Kubernetes(from);
        Assert.Empty((await client.CoreV1.ListNamespacedPodAsync(await File.ReadAllTextAsync(Path.Combine(folder, "namespace"), Ct), cancellationToken: Ct)).Items);
    }

    private static V1Pod Pod(string name) => new()
    {
        Metadata = new V1ObjectMeta { Name = name, Labels = new Dictionary<string, string> { ["run"] = "1" } },
        Spec = new V1PodSpec { RestartPolicy = "Never", Containers = [new V1Container { Name = "app", Image = TestCluster.Sleeper }] },
    };
}
