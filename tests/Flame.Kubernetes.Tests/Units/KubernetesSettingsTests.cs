using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Flame.Kubernetes.Tests.Units;

public sealed class KubernetesSettingsTests
{
    [Fact]
    public void Configuration_sets_the_options_of_all_pools_and_of_one()
    {
        var of = Read(
            ("Kubernetes:Image", "app:2"), ("Kubernetes:ImagePullPolicy", "Always"), ("Kubernetes:ImagePullSecrets", "a, b"), ("Kubernetes:ParentContainer", "app"),
            ("Kubernetes:Inherit", "environment, accounts"), ("Kubernetes:LabelsFromParent:0", "team"), ("Kubernetes:Labels:x", "1"), ("Kubernetes:Annotations:y", "2"),
            ("Kubernetes:Command:0", "/app/run"), ("Kubernetes:Arguments:0", "a"), ("Kubernetes:Arguments:1", "b,c"), ("Kubernetes:Environment:MODE", "batch"),
            ("Kubernetes:ServiceAccount", "worker"), ("Kubernetes:MountServiceAccountToken", "true"), ("Kubernetes:NodeSelector:zone", "a"),
            ("Kubernetes:TolerateSpot", "True"), ("Kubernetes:RuntimeClass", "gvisor"), ("Kubernetes:PriorityClass", "high"), ("Kubernetes:Manifest", "pod.yaml"),
            ("Kubernetes:UnschedulableAfter", "00:05:00"), ("Kubernetes:Namespace", "apps"), ("Kubernetes:Kubeconfig", "/k"), ("Kubernetes:Context", "c"),
            ("Kubernetes:Dialling", "parent"), ("Kubernetes:ParentHosts", "one,two"), ("Kubernetes:ParentPort", "8443"), ("Kubernetes:AllowPlainText", "true"),
            ("Pools:gpu:Kubernetes:Image", "gpu:1"), ("Pools:gpu:Kubernetes:GpuResource", "amd.com/gpu"), ("Pools:gpu:Kubernetes:GpuKindLabel", "amd.com/kind"), ("Pools:gpu:Kubernetes:Labels:z", "3"));

        var all = of("other");
        Assert.Equal(("app:2", "Always", "app"), (all.Image, all.ImagePullPolicy, all.ParentContainer));
        Assert.Equal(["a", "b"], all.ImagePullSecrets);
        Assert.Equal(FromParentPod.Environment | FromParentPod.Accounts, all.Inherit);
        Assert.Equal(["team"], all.LabelsFromParent);
        Assert.Equal(("1", "2", "batch", "a"), (all.Labels["x"], all.Annotations["y"], all.Environment["MODE"], all.NodeSelector["zone"]));
        Assert.Equal(["/app/run"], all.Command);
        Assert.Equal(["a", "b,c"], all.Arguments);
        Assert.Equal(("worker", true, true, "gvisor", "high", "pod.yaml"), (all.ServiceAccount, all.MountServiceAccountToken, all.TolerateSpot, all.RuntimeClass, all.PriorityClass, all.Manifest));
        Assert.Equal((TimeSpan.FromMinutes(5), "apps", "/k", "c", KubernetesDialling.Parent), (all.UnschedulableAfter, all.Namespace, all.Kubeconfig, all.Context, all.Dialling));
        Assert.Equal(["one", "two"], all.ParentHosts);
        Assert.Equal((8443, true, "nvidia.com/gpu"), (all.ParentPort, all.AllowPlainText, all.GpuResource));

        var gpu = of("gpu");
        Assert.Equal(("gpu:1", "amd.com/gpu", "amd.com/kind", "worker"), (gpu.Image, gpu.GpuResource, gpu.GpuKindLabel, gpu.ServiceAccount));
        Assert.Equal(["x", "z"], gpu.Labels.Keys.Order());
    }

    [Theory]
    [InlineData("gpu=true:NoSchedule", "gpu", "Equal", "true", "NoSchedule")]
    [InlineData("gpu:NoExecute", "gpu", "Exists", null, "NoExecute")]
    [InlineData("gpu", "gpu", "Exists", null, null)]
    [InlineData("example.com/a=b", "example.com/a", "Equal", "b", null)]
    public void Tolerations_are_written_as_kubectl_writes_taints(string text, string key, string comparison, string? value, string? effect)
    {
        var toleration = Assert.Single(Read(("Kubernetes:Tolerations", text))("main").Tolerations);
        Assert.Equal((key, comparison, value, effect), (toleration.Key, toleration.OperatorProperty, toleration.Value, toleration.Effect));
        Assert.Equal(2, Read(("Kubernetes:Tolerations", $"{text}, other"))("main").Tolerations.Count);
    }

    [Theory]
    [InlineData("Kubernetes:Tolerations", "gpu:Never")]
    [InlineData("Kubernetes:Dialling", "both")]
    [InlineData("Kubernetes:Dialling", "7")]
    [InlineData("Kubernetes:Inherit", "everything")]
    [InlineData("Kubernetes:Inherit", "4096")]
    [InlineData("Kubernetes:ParentPort", "https")]
    [InlineData("Kubernetes:UnschedulableAfter", "soon")]
    [InlineData("Pools:main:Kubernetes:TolerateSpot", "yes")]
    public void A_value_that_is_none_is_named_with_its_path(string path, string value)
    {
        var error = Assert.Throws<OptionsValidationException>(() => Read((path, value)));
        Assert.StartsWith($"FLM1001: Flame:{path} — '{value}'", Assert.Single(error.Failures), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void An_option_that_does_not_exist_is_named_with_the_one_that_was_meant()
    {
        var error = Assert.Throws<OptionsValidationException>(() => Read(("Kubernetes:Imgae", "x")));
        Assert.Contains("Did you mean Image?", Assert.Single(error.Failures), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_option_but_the_hook_and_the_objects_can_be_configured() => Assert.Equal(
        typeof(KubernetesOptions).GetProperties().Select(p => p.Name).Except([nameof(KubernetesOptions.ConfigurePod), nameof(KubernetesOptions.Volumes), nameof(KubernetesOptions.VolumeMounts)]).Order(),
        KubernetesSettings.Table.Names.Order());

    private static Func<string, KubernetesOptions> Read(params (string Path, string Value)[] settings)
    {
        var builder = new FlameBuilder().UseKubernetes(o => o.Labels.Clear());
        builder.AddPool("main").AddPool("gpu").AddPool("other");
        builder.UseConfiguration(new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => new KeyValuePair<string, string?>("Flame:" + s.Path, s.Value))).Build());
        builder.BuildPools();
        return builder.BackendOptions(static options => new KubernetesBackend(options), KubernetesSettings.Table, isDefault: false).Of;
    }
}
