using System.Text.RegularExpressions;
using Flame.Kubernetes;
using k8s;
using k8s.Models;

namespace Flame.Images.Tests;

/// <summary>What a user applies to a cluster, of each sample that has it.</summary>
public sealed class ManifestTests
{
    public static TheoryData<string> Samples => ["OnKubernetes/kubernetes/on-kubernetes.yaml", "WebApp/kubernetes/webapp.yaml"];

    [Theory]
    [MemberData(nameof(Samples))]
    public void Rights_are_those_that_are_generated(string path)
    {
        var manifest = new Manifest(path);
        Assert.Contains(KubernetesRbac.Manifest(manifest.Name, manifest.Name), manifest.Text, StringComparison.Ordinal);
        Assert.Equal(manifest.Name, manifest.The<V1Deployment>().Spec.Template.Spec.ServiceAccountName);
        Assert.Equal(manifest.Name, manifest.The<V1ServiceAccount>().Metadata.Name);
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Everything_is_in_one_namespace(string path)
    {
        var manifest = new Manifest(path);
        Assert.All(manifest.Objects.Cast<IMetadata<V1ObjectMeta>>(), o => Assert.Equal(manifest.Name, o.Metadata.NamespaceProperty ?? o.Metadata.Name));
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Service_selects_the_parent_and_the_parent_s_labels_are_not_those_of_executors(string path)
    {
        var manifest = new Manifest(path);
        var template = manifest.The<V1Deployment>().Spec.Template;
        Assert.Equal(template.Metadata.Labels, manifest.The<V1Service>().Spec.Selector);
        Assert.DoesNotContain(template.Spec.Containers.Single().Env, e => e.Name.Contains("LabelsFromParent", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Pod_is_one_that_the_restricted_profile_takes_and_its_root_is_read_only(string path)
    {
        var manifest = new Manifest(path);
        var pod = manifest.The<V1Deployment>().Spec.Template.Spec;
        var container = pod.Containers.Single();
        Assert.Equal("restricted", manifest.The<V1Namespace>().Metadata.Labels["pod-security.kubernetes.io/enforce"]);
        Assert.Equal((true, "RuntimeDefault"), (pod.SecurityContext.RunAsNonRoot, pod.SecurityContext.SeccompProfile.Type));
        Assert.Equal((false, true), (container.SecurityContext.AllowPrivilegeEscalation, container.SecurityContext.ReadOnlyRootFilesystem));
        Assert.Equal(["ALL"], container.SecurityContext.Capabilities.Drop);
        Assert.NotNull(pod.Volumes.Single(v => v.Name == container.VolumeMounts.Single(m => m.MountPath == "/tmp").Name).EmptyDir);
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Parent_has_the_time_to_drain(string path)
    {
        var manifest = new Manifest(path);
        var pod = manifest.The<V1Deployment>().Spec.Template.Spec;
        var pause = pod.Containers.Single().Lifecycle.PreStop.Sleep.Seconds;
        Assert.True(pod.TerminationGracePeriodSeconds > pause + new FlamePoolOptions().ShutdownTimeout.TotalSeconds);
    }

    [Fact]
    public void Documentation_shows_parts_of_these_files()
    {
        var files = Directory.GetFiles(Path.Combine(Repository.Path, "samples", "OnKubernetes", "kubernetes")).Select(File.ReadAllText).ToArray();
        var page = File.ReadAllText(Path.Combine(Repository.Path, "docs", "kubernetes.md"));
        var shown = Regex.Matches(page, "```yaml\n(.*?)```", RegexOptions.Singleline).Select(m => m.Groups[1].Value).ToArray();
        Assert.NotEmpty(shown);
        Assert.All(shown, part => Assert.True(files.Any(file => file.Contains(part, StringComparison.Ordinal)), part));
    }
}
