using k8s.Models;

namespace Flame.Kubernetes.Tests.Units;

public sealed class PodTemplateTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("flame-manifest-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Without_anything_said_a_pod_has_what_flame_needs()
    {
        var pod = Build(new KubernetesOptions { Image = "app:1" });
        var container = Assert.Single(pod.Spec.Containers);
        Assert.Equal(("executor", "app:1", "FallbackToLogsOnError"), (container.Name, container.Image, container.TerminationMessagePolicy));
        var variable = Assert.Single(container.Env);
        Assert.Equal(("FLAME_PARENT", pod.Metadata.Name, "FLAME_PARENT"), (variable.Name, variable.ValueFrom.SecretKeyRef.Name, variable.ValueFrom.SecretKeyRef.Key));
        Assert.Equal((false, false, "Never", 20L), (pod.Spec.AutomountServiceAccountToken, pod.Spec.EnableServiceLinks, pod.Spec.RestartPolicy, pod.Spec.TerminationGracePeriodSeconds));
        Assert.Equal(["flame.dotnet/secret"], pod.Spec.SchedulingGates.Select(g => g.Name));
        Assert.Equal("uid-0", Assert.Single(pod.Metadata.OwnerReferences).Uid);
        Assert.Equal(
            new Dictionary<string, string> { ["app.kubernetes.io/managed-by"] = "flame", ["flame.dotnet/run"] = "run0", ["flame.dotnet/pool"] = "main" },
            pod.Metadata.Labels);
        Assert.Equal("main/1", pod.Metadata.Annotations["flame.dotnet/executor"]);
        Assert.Null(container.Resources);
    }

    [Fact]
    public void Options_come_before_the_parent_and_the_parent_after_the_manifest()
    {
        var parent = Pods.Of("""
            metadata: { name: parent, labels: {} }
            spec:
              serviceAccountName: parent-account
              runtimeClassName: parent-runtime
              priorityClassName: parent-priority
              nodeSelector: { zone: parent }
              imagePullSecrets: [{ name: parent-pull }]
              containers: [{ name: app, image: 'parent:1', imagePullPolicy: Always, workingDir: /parent, command: [parent], env: [{ name: A, value: parent }, { name: B, value: parent }, { name: C, value: parent }] }]
            """);
        var manifest = Manifest("""
            spec:
              serviceAccountName: manifest-account
              runtimeClassName: manifest-runtime
              nodeSelector: { zone: manifest }
              containers: [{ name: sidecar, image: 'side:1' }, { name: executor, image: 'manifest:1', workingDir: /manifest, command: [manifest], env: [{ name: B, value: manifest }, { name: C, value: manifest }] }]
            """);
        var options = new KubernetesOptions { Manifest = manifest, RuntimeClass = "options-runtime", Environment = { ["C"] = "options" }, ImagePullSecrets = { "options-pull" }, Arguments = { "options" } };

        var pod = Build(options, parent: parent);

        Assert.Equal(["sidecar", "executor"], pod.Spec.Containers.Select(c => c.Name));
        var container = pod.Spec.Containers[1];
        Assert.Equal(("manifest:1", "Always", "/manifest"), (container.Image, container.ImagePullPolicy, container.WorkingDir));
        Assert.Equal(["manifest", "options"], container.Command.Concat(container.Args));
        Assert.Equal(("manifest-account", "options-runtime", "parent-priority"), (pod.Spec.ServiceAccountName, pod.Spec.RuntimeClassName, pod.Spec.PriorityClassName));
        Assert.Equal("manifest", pod.Spec.NodeSelector["zone"]);
        Assert.Equal(["parent-pull", "options-pull"], pod.Spec.ImagePullSecrets.Select(s => s.Name));
        Assert.Equal([("A", "parent"), ("B", "manifest"), ("C", "options")], container.Env.Where(e => e.Value is not null).Select(e => (e.Name, e.Value)).Order());
        Assert.Equal("side:1", pod.Spec.Containers[0].Image);
        Assert.Null(pod.Spec.Containers[0].Env);
    }

    [Fact]
    public void Options_set_each_its_part()
    {
        var options = new KubernetesOptions
        {
            Image = "app:2", ImagePullPolicy = "Never", ServiceAccount = "worker", MountServiceAccountToken = true, PriorityClass = "batch", Command = { "run" },
            Labels = { ["team"] = "a" }, Annotations = { ["note"] = "b" }, NodeSelector = { ["zone"] = "c" },
            Volumes = { new V1Volume { Name = "cache", EmptyDir = new V1EmptyDirVolumeSource() } }, VolumeMounts = { new V1VolumeMount { Name = "cache", MountPath = "/cache" } },
            Tolerations = { new V1Toleration { Key = "gpu", OperatorProperty = "Exists" } },
        };

        var pod = Build(options);

        var (spec, container) = (pod.Spec, pod.Spec.Containers[0]);
        Assert.Equal(("app:2", "Never", "worker", true, "batch"), (container.Image, container.ImagePullPolicy, spec.ServiceAccountName, spec.AutomountServiceAccountToken, spec.PriorityClassName));
        Assert.Equal(["run"], container.Command);
        Assert.Equal(("a", "b", "c"), (pod.Metadata.Labels["team"], pod.Metadata.Annotations["note"], spec.NodeSelector["zone"]));
        Assert.Equal(("cache", "/cache", "gpu"), (spec.Volumes[0].Name, container.VolumeMounts[0].MountPath, spec.Tolerations[0].Key));
    }

    [Fact]
    public void Processors_are_a_share_and_memory_and_gpus_are_limits()
    {
        var pod = Build(new KubernetesOptions { Image = "app:1", NodeSelector = { ["zone"] = "a" } }, Resources(cpus: 1.5, memory: 512, gpus: 2, kind: "NVIDIA-A100-SXM4-80GB"));

        var resources = pod.Spec.Containers[0].Resources;
        Assert.Equal([("cpu", "1500m"), ("memory", "512Mi"), ("nvidia.com/gpu", "2")], Amounts(resources.Requests));
        Assert.Equal([("memory", "512Mi"), ("nvidia.com/gpu", "2")], Amounts(resources.Limits));
        Assert.Equal([("nvidia.com/gpu.product", "NVIDIA-A100-SXM4-80GB"), ("zone", "a")], pod.Spec.NodeSelector.Select(s => (s.Key, s.Value)).Order());
    }

    [Fact]
    public void Gpus_of_another_maker_have_another_name_and_another_label()
    {
        var pod = Build(new KubernetesOptions { Image = "app:1", GpuResource = "amd.com/gpu", GpuKindLabel = "amd.com/gpu.family" }, Resources(gpus: 1, kind: "AI"));
        Assert.Equal([("amd.com/gpu", "1")], Amounts(pod.Spec.Containers[0].Resources.Requests));
        Assert.Equal([("amd.com/gpu", "1")], Amounts(pod.Spec.Containers[0].Resources.Limits));
        Assert.Equal("AI", pod.Spec.NodeSelector["amd.com/gpu.family"]);
    }

    [Fact]
    public void Resources_of_the_pool_come_on_top_of_the_manifest()
    {
        var manifest = Manifest("spec: { containers: [{ image: 'app:1', resources: { requests: { cpu: 100m, ephemeral-storage: 1Gi }, limits: { cpu: '4' } } }] }");
        var resources = Build(new KubernetesOptions { Manifest = manifest }, Resources(cpus: 0.0001)).Spec.Containers[0].Resources;
        Assert.Equal([("cpu", "1m"), ("ephemeral-storage", "1Gi")], Amounts(resources.Requests));
        Assert.Equal([("cpu", "4")], Amounts(resources.Limits));
    }

    [Fact]
    public void Spot_nodes_of_the_clouds_are_tolerated_when_asked_for()
    {
        Assert.Empty(Build(new KubernetesOptions { Image = "app:1" }).Spec.Tolerations);
        Assert.Equal(
            ["cloud.google.com/gke-preemptible", "cloud.google.com/gke-spot", "kubernetes.azure.com/scalesetpriority"],
            Build(new KubernetesOptions { Image = "app:1", TolerateSpot = true }).Spec.Tolerations.Select(t => t.Key).Order());
    }

    [Fact]
    public void A_hook_changes_what_it_likes_but_not_what_flame_needs()
    {
        string? made = null;
        var pod = Build(new KubernetesOptions
        {
            Image = "app:1",
            ConfigurePod = pod =>
            {
                made = pod.Metadata.Name;
                pod.Metadata = new V1ObjectMeta { Name = "mine", GenerateName = "mine-", NamespaceProperty = "elsewhere", Labels = new Dictionary<string, string> { ["flame.dotnet/run"] = "x", ["mine"] = "y" } };
                (pod.Spec.RestartPolicy, pod.Spec.TerminationGracePeriodSeconds, pod.Spec.HostNetwork) = ("Always", 1, true);
                pod.Spec.SchedulingGates = [new V1PodSchedulingGate { Name = "quota" }];
                pod.Spec.Containers.Insert(0, new V1Container { Name = "sidecar", Image = "side:1" });
                pod.Spec.Containers[1].Env = [new V1EnvVar { Name = "FLAME_PARENT", Value = "mine" }];
                return pod;
            },
        });

        Assert.Equal((made, null, "apps"), (pod.Metadata.Name, pod.Metadata.GenerateName, pod.Metadata.NamespaceProperty));
        Assert.Equal(("run0", "y", "uid-0", "main/1"), (pod.Metadata.Labels["flame.dotnet/run"], pod.Metadata.Labels["mine"], pod.Metadata.OwnerReferences[0].Uid, pod.Metadata.Annotations["flame.dotnet/executor"]));
        Assert.Equal(("Never", 20L, true), (pod.Spec.RestartPolicy, pod.Spec.TerminationGracePeriodSeconds, pod.Spec.HostNetwork));
        Assert.Equal(["quota", "flame.dotnet/secret"], pod.Spec.SchedulingGates.Select(g => g.Name));
        Assert.Equal(["sidecar", "executor"], pod.Spec.Containers.Select(c => c.Name));
        Assert.NotNull(Assert.Single(pod.Spec.Containers[1].Env).ValueFrom.SecretKeyRef);
        Assert.Null(pod.Spec.Containers[0].Env);
    }

    [Fact]
    public void A_hook_may_return_another_pod_but_not_an_empty_one()
    {
        var other = Build(new KubernetesOptions { ConfigurePod = _ => Pods.Of("spec: { containers: [{ name: mine, image: 'app:9' }] }") });
        Assert.Equal(("executor", "app:9", "Never"), (other.Spec.Containers[0].Name, other.Spec.Containers[0].Image, other.Spec.RestartPolicy));
        foreach (var empty in new V1Pod?[] { null, new(), new() { Spec = new V1PodSpec { Containers = [] } } })
        {
            var error = Assert.Throws<InvalidOperationException>(() => Build(new KubernetesOptions { ConfigurePod = _ => empty! }));
            Assert.Equal("ConfigurePod returned a pod without a container.", error.Message);
        }
    }

    [Fact]
    public void What_a_hook_changes_is_not_there_at_the_next_boot()
    {
        var parent = Pods.Of("metadata: { name: parent }\nspec: { nodeSelector: { zone: a }, containers: [{ name: app, image: 'app:1', env: [{ name: A, value: a }], resources: { requests: { cpu: 100m } } }] }");
        var options = new KubernetesOptions
        {
            ConfigurePod = pod =>
            {
                pod.Spec.NodeSelector.Add("once", "only");
                pod.Spec.Containers[0].Env[0].Value += "a";
                pod.Spec.Containers[0].Resources.Requests.Add("memory", new ResourceQuantity("1Gi"));
                return pod;
            },
        };

        foreach (var _ in new[] { 1, 2 }) Assert.Equal("aa", Build(options, parent: parent).Spec.Containers[0].Env[0].Value);
    }

    [Fact]
    public void A_manifest_that_is_no_pod_says_so()
    {
        Assert.ThrowsAny<FileNotFoundException>(() => Build(new KubernetesOptions { Manifest = Path.Combine(_folder, "missing.yaml") }));
        Assert.ThrowsAny<YamlDotNet.Core.YamlException>(() => Build(new KubernetesOptions { Manifest = Manifest("spec: [1, 2]") }));
        Assert.Equal("app:1", Build(new KubernetesOptions { Manifest = Manifest("# nothing"), Image = "app:1" }).Spec.Containers[0].Image);
    }

    internal static V1Pod Build(KubernetesOptions options, FlameResources? resources = null, V1Pod? parent = null) =>
        new PodTemplate(options, resources ?? new FlameResources(), parent).Build(ExecutorPodTests.Of("main", "main/1"));

    private static FlameResources Resources(double? cpus = null, int? memory = null, int gpus = 0, string? kind = null) => new() { Cpus = cpus, MemoryMiB = memory, Gpus = gpus, GpuKind = kind };

    private static IEnumerable<(string, string)> Amounts(IDictionary<string, ResourceQuantity> amounts) => amounts.Select(a => (a.Key, a.Value.ToString())).Order();

    private string Manifest(string yaml)
    {
        var file = Path.Combine(_folder, "pod.yaml");
        File.WriteAllText(file, yaml);
        return file;
    }
}
