using System.Text.RegularExpressions;
using Flame.Kubernetes;
using k8s;
using k8s.Models;

namespace Flame.Images.Tests;

/// <summary>What a user applies to a cluster.</summary>
public sealed class ManifestTests
{
    private const string Name = "on-kubernetes";

    private static readonly string s_folder = Path.Combine(Repository.Path, "samples", "OnKubernetes", "kubernetes");
    private static readonly string s_text = File.ReadAllText(Path.Combine(s_folder, "on-kubernetes.yaml"));
    private static readonly List<object> s_objects = KubernetesYaml.LoadAllFromString(s_text);

    [Fact]
    public void Rights_are_those_that_are_generated()
    {
        Assert.Contains(KubernetesRbac.Manifest(Name, Name), s_text, StringComparison.Ordinal);
        Assert.Equal(Name, The<V1Deployment>().Spec.Template.Spec.ServiceAccountName);
        Assert.Equal(Name, The<V1ServiceAccount>().Metadata.Name);
    }

    [Fact]
    public void Everything_is_in_one_namespace() =>
        Assert.All(s_objects.Cast<IMetadata<V1ObjectMeta>>(), o => Assert.Equal(Name, o.Metadata.NamespaceProperty ?? o.Metadata.Name));

    [Fact]
    public void Service_selects_the_parent_and_the_parent_s_labels_are_not_those_of_executors()
    {
        var template = The<V1Deployment>().Spec.Template;
        Assert.Equal(template.Metadata.Labels, The<V1Service>().Spec.Selector);
        Assert.DoesNotContain(template.Spec.Containers.Single().Env, e => e.Name.Contains("LabelsFromParent", StringComparison.Ordinal));
    }

    [Fact]
    public void Pod_is_one_that_the_restricted_profile_takes_and_its_root_is_read_only()
    {
        var pod = The<V1Deployment>().Spec.Template.Spec;
        var container = pod.Containers.Single();
        Assert.Equal("restricted", The<V1Namespace>().Metadata.Labels["pod-security.kubernetes.io/enforce"]);
        Assert.Equal((true, "RuntimeDefault"), (pod.SecurityContext.RunAsNonRoot, pod.SecurityContext.SeccompProfile.Type));
        Assert.Equal((false, true), (container.SecurityContext.AllowPrivilegeEscalation, container.SecurityContext.ReadOnlyRootFilesystem));
        Assert.Equal(["ALL"], container.SecurityContext.Capabilities.Drop);
        Assert.NotNull(pod.Volumes.Single(v => v.Name == container.VolumeMounts.Single(m => m.MountPath == "/tmp").Name).EmptyDir);
    }

    [Fact]
    public void Parent_has_the_time_to_drain()
    {
        var pod = The<V1Deployment>().Spec.Template.Spec;
        var pause = pod.Containers.Single().Lifecycle.PreStop.Sleep.Seconds;
        Assert.True(pod.TerminationGracePeriodSeconds > pause + new FlamePoolOptions().ShutdownTimeout.TotalSeconds);
    }

    [Fact]
    public void Documentation_shows_parts_of_these_files()
    {
        var files = Directory.GetFiles(s_folder).Select(File.ReadAllText).ToArray();
        var page = File.ReadAllText(Path.Combine(Repository.Path, "docs", "kubernetes.md"));
        var shown = Regex.Matches(page, "```yaml\n(.*?)```", RegexOptions.Singleline).Select(m => m.Groups[1].Value).ToArray();
        Assert.NotEmpty(shown);
        Assert.All(shown, part => Assert.True(files.Any(file => file.Contains(part, StringComparison.Ordinal)), part));
    }

    private static T The<T>() => Assert.Single(s_objects.OfType<T>());
}
