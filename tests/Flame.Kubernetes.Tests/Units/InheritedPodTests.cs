using k8s.Models;

namespace Flame.Kubernetes.Tests.Units;

public sealed class InheritedPodTests
{
    // As the API server shows the pod of a deployment, with all that it adds itself.
    private static V1Pod Parent() => Pods.Of("""
        metadata:
          name: app-5f6d-x2x
          labels: { app: shop, team: a }
          annotations: { kubectl.kubernetes.io/default-container: app, note: n }
        spec:
          serviceAccountName: shop
          automountServiceAccountToken: true
          nodeName: node-1
          nodeSelector: { zone: a }
          restartPolicy: Always
          dnsPolicy: ClusterFirst
          dnsConfig: { options: [{ name: ndots, value: '1' }] }
          hostAliases: [{ ip: 10.0.0.1, hostnames: [db] }]
          runtimeClassName: gvisor
          priorityClassName: high
          priority: 1000
          schedulerName: default-scheduler
          imagePullSecrets: [{ name: pull }]
          securityContext: { runAsNonRoot: true, fsGroup: 2000 }
          tolerations:
          - { key: dedicated, operator: Equal, value: batch, effect: NoSchedule }
          - { key: node.kubernetes.io/not-ready, operator: Exists, effect: NoExecute, tolerationSeconds: 300 }
          - { key: node.kubernetes.io/unreachable, operator: Exists, effect: NoExecute, tolerationSeconds: 300 }
          volumes:
          - { name: settings, configMap: { name: settings } }
          - { name: keys, secret: { secretName: keys } }
          - { name: scratch, emptyDir: {} }
          - { name: models, persistentVolumeClaim: { claimName: models } }
          - { name: host, hostPath: { path: /tmp } }
          - { name: files, nfs: { server: nfs, path: /a } }
          - { name: kube-api-access-x7x, projected: { sources: [{ serviceAccountToken: { path: token } }] } }
          containers:
          - { name: proxy, image: 'proxy:1', env: [{ name: PROXY, value: p }] }
          - name: app
            image: app:1
            imagePullPolicy: IfNotPresent
            command: [/app/shop]
            args: [--serve]
            workingDir: /app
            ports: [{ containerPort: 80 }]
            livenessProbe: { httpGet: { path: /, port: 80 } }
            readinessProbe: { httpGet: { path: /, port: 80 } }
            resources: { requests: { cpu: 500m }, limits: { memory: 1Gi } }
            securityContext: { readOnlyRootFilesystem: true }
            envFrom: [{ configMapRef: { name: settings } }]
            env:
            - { name: PLAIN, value: x }
            - { name: KEY, valueFrom: { secretKeyRef: { name: keys, key: k } } }
            - { name: POD_NAME, valueFrom: { fieldRef: { fieldPath: metadata.name } } }
            - { name: FLAME_PARENT, value: of the parent }
            volumeMounts:
            - { name: settings, mountPath: /settings }
            - { name: keys, mountPath: /keys, readOnly: true }
            - { name: scratch, mountPath: /scratch }
            - { name: models, mountPath: /models }
            - { name: host, mountPath: /host }
            - { name: files, mountPath: /files }
            - { name: kube-api-access-x7x, mountPath: /var/run/secrets/kubernetes.io/serviceaccount }
          initContainers: [{ name: migrate, image: 'migrate:1' }]
        """);

    [Fact]
    public void An_executor_is_like_its_parent_where_nothing_else_is_said()
    {
        var pod = PodTemplateTests.Build(new KubernetesOptions(), parent: Parent());
        var (spec, container) = (pod.Spec, Assert.Single(pod.Spec.Containers));

        Assert.Equal(("executor", "app:1", "IfNotPresent", "/app"), (container.Name, container.Image, container.ImagePullPolicy, container.WorkingDir));
        Assert.Equal(["/app/shop", "--serve"], container.Command.Concat(container.Args));
        Assert.Equal(["PLAIN", "KEY", "POD_NAME", "FLAME_PARENT"], container.Env.Select(e => e.Name));
        Assert.NotNull(container.Env[3].ValueFrom.SecretKeyRef);
        Assert.Equal("settings", Assert.Single(container.EnvFrom).ConfigMapRef.Name);
        Assert.Equal("500m", container.Resources.Requests["cpu"].ToString());
        Assert.True(container.SecurityContext.ReadOnlyRootFilesystem);
        Assert.True(spec.SecurityContext.RunAsNonRoot);
        Assert.Equal(("shop", "gvisor", "high", "ClusterFirst"), (spec.ServiceAccountName, spec.RuntimeClassName, spec.PriorityClassName, spec.DnsPolicy));
        Assert.Equal(("pull", "a", "db", "ndots"), (spec.ImagePullSecrets[0].Name, spec.NodeSelector["zone"], spec.HostAliases[0].Hostnames[0], spec.DnsConfig.Options[0].Name));
    }

    [Fact]
    public void What_is_the_parents_alone_stays_there()
    {
        var pod = PodTemplateTests.Build(new KubernetesOptions(), parent: Parent());
        var (spec, container) = (pod.Spec, pod.Spec.Containers[0]);

        Assert.Null(container.Ports);
        Assert.Null(container.LivenessProbe);
        Assert.Null(container.ReadinessProbe);
        Assert.Null(spec.InitContainers);
        Assert.Null(spec.NodeName);
        Assert.Null(spec.Priority);
        Assert.Equal("Never", spec.RestartPolicy);
        Assert.Equal(["app.kubernetes.io/managed-by", "flame.dotnet/pool", "flame.dotnet/run"], pod.Metadata.Labels.Keys.Order());
        Assert.Equal(["flame.dotnet/executor"], pod.Metadata.Annotations.Keys);

        // Executors need no token.
        Assert.False(spec.AutomountServiceAccountToken);
    }

    [Fact]
    public void Volumes_that_only_one_pod_can_have_and_those_of_the_cluster_itself_are_not_taken()
    {
        var pod = PodTemplateTests.Build(new KubernetesOptions(), parent: Parent());
        Assert.Equal(["settings", "keys", "scratch", "files"], pod.Spec.Volumes.Select(v => v.Name));
        Assert.Equal(["/settings", "/keys", "/scratch", "/files"], pod.Spec.Containers[0].VolumeMounts.Select(m => m.MountPath));
    }

    [Fact]
    public void Tolerations_are_added_but_those_that_the_cluster_puts_on_every_pod_are_left_to_it()
    {
        var options = new KubernetesOptions { Tolerations = { new V1Toleration { Key = "gpu", OperatorProperty = "Exists" } } };
        Assert.Equal(["dedicated", "gpu"], PodTemplateTests.Build(options, parent: Parent()).Spec.Tolerations.Select(t => t.Key));

        var parent = Parent();
        parent.Spec.Tolerations[1].TolerationSeconds = 10;
        Assert.Equal(["dedicated", "node.kubernetes.io/not-ready"], PodTemplateTests.Build(new KubernetesOptions(), parent: parent).Spec.Tolerations.Select(t => t.Key));
    }

    [Fact]
    public void Labels_are_copied_only_by_name()
    {
        var pod = PodTemplateTests.Build(new KubernetesOptions { LabelsFromParent = { "team", "missing" }, Labels = { ["own"] = "x" } }, parent: Parent());
        Assert.Equal(("a", "x"), (pod.Metadata.Labels["team"], pod.Metadata.Labels["own"]));
        Assert.DoesNotContain("app", pod.Metadata.Labels.Keys);
        Assert.DoesNotContain("missing", pod.Metadata.Labels.Keys);
    }

    [Theory]
    [InlineData(FromParentPod.Environment)]
    [InlineData(FromParentPod.Command)]
    [InlineData(FromParentPod.Volumes)]
    [InlineData(FromParentPod.Resources)]
    [InlineData(FromParentPod.Scheduling)]
    [InlineData(FromParentPod.Accounts)]
    [InlineData(FromParentPod.Security)]
    [InlineData(FromParentPod.Runtime)]
    [InlineData(FromParentPod.None)]
    public void Each_part_can_be_taken_alone_and_left_alone(FromParentPod part)
    {
        Assert.Equal(part == FromParentPod.None ? [] : [part], Taken(PodTemplateTests.Build(new KubernetesOptions { Inherit = part }, parent: Parent())));
        Assert.Equal(
            Enum.GetValues<FromParentPod>().Where(p => p is not (FromParentPod.None or FromParentPod.All) && p != part),
            Taken(PodTemplateTests.Build(new KubernetesOptions { Inherit = FromParentPod.All & ~part }, parent: Parent())));
    }

    [Fact]
    public void Resources_that_the_pool_names_replace_all_of_the_parents()
    {
        var container = PodTemplateTests.Build(new KubernetesOptions(), new FlameResources { MemoryMiB = 64 }, Parent()).Spec.Containers[0];
        Assert.Equal(["memory"], container.Resources.Requests.Keys);
        Assert.Equal("64Mi", container.Resources.Limits["memory"].ToString());
    }

    [Fact]
    public void A_command_of_the_manifest_does_not_get_the_arguments_of_the_parent()
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, "spec: { containers: [{ command: [other] }] }");
        var container = PodTemplateTests.Build(new KubernetesOptions { Manifest = file }, parent: Parent()).Spec.Containers[0];
        File.Delete(file);
        Assert.Equal(["other"], container.Command);
        Assert.Null(container.Args);
    }

    [Fact]
    public void The_parents_container_is_the_named_the_marked_or_the_first()
    {
        var parent = Parent();
        Assert.Equal("proxy:1", InheritedPod.ContainerOf(parent, "proxy")!.Image);
        Assert.Equal("app:1", InheritedPod.ContainerOf(parent, null)!.Image);
        Assert.Null(InheritedPod.ContainerOf(parent, "none"));
        parent.Metadata.Annotations.Clear();
        Assert.Equal("proxy:1", InheritedPod.ContainerOf(parent, null)!.Image);
        Assert.Equal("proxy:1", PodTemplateTests.Build(new KubernetesOptions { ParentContainer = "proxy" }, parent: Parent()).Spec.Containers[0].Image);
    }

    private static IEnumerable<FromParentPod> Taken(V1Pod pod)
    {
        var (spec, container) = (pod.Spec, pod.Spec.Containers[0]);
        (FromParentPod Part, bool[] Signs)[] parts =
        [
            (FromParentPod.Environment, [container.Env.Count > 1, container.EnvFrom is { Count: > 0 }]),
            (FromParentPod.Command, [container.Command is not null, container.Args is not null, container.WorkingDir is not null]),
            (FromParentPod.Volumes, [spec.Volumes.Count > 0, container.VolumeMounts.Count > 0]),
            (FromParentPod.Resources, [container.Resources is not null]),
            (FromParentPod.Scheduling, [spec.NodeSelector is not null, spec.Tolerations.Count > 0]),
            (FromParentPod.Accounts, [spec.ServiceAccountName is not null, spec.ImagePullSecrets.Count > 0]),
            (FromParentPod.Security, [spec.SecurityContext is not null, container.SecurityContext is not null]),
            (FromParentPod.Runtime, [spec.RuntimeClassName is not null, spec.PriorityClassName is not null, spec.DnsPolicy is not null, spec.DnsConfig is not null, spec.HostAliases is not null]),
        ];
        foreach (var (part, signs) in parts)
        {
            Assert.True(signs.All(s => s) || !signs.Any(s => s), $"{part} by halves");
            if (signs[0]) yield return part;
        }
    }
}
