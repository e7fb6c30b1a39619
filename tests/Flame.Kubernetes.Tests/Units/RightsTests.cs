using k8s;
using k8s.Models;

namespace Flame.Kubernetes.Tests.Units;

public sealed class RightsTests
{
    [Theory]
    [InlineData(KubernetesDialling.Automatic, true, "pods: create get list watch patch delete; secrets: create")]
    [InlineData(KubernetesDialling.Executor, true, "pods: create get list watch patch delete; secrets: create")]
    [InlineData(KubernetesDialling.Parent, true, "pods: create get list watch patch delete; secrets: create; pods/portforward: create get")]
    [InlineData(KubernetesDialling.Automatic, false, "pods: create get list watch patch delete; secrets: create; pods/portforward: create get; leases: create list patch delete")]
    [InlineData(KubernetesDialling.Executor, false, "pods: create get list watch patch delete; secrets: create; leases: create list patch delete")]
    public void The_manifest_has_all_rights_that_are_needed_and_no_other(KubernetesDialling dialling, bool inCluster, string rights)
    {
        var documents = KubernetesYaml.LoadAllFromString(KubernetesRbac.Manifest("apps", "shop", dialling, inCluster), null);

        var role = Assert.IsType<V1Role>(documents[0]);
        Assert.Equal(("apps", rights), (role.Metadata.NamespaceProperty, string.Join("; ", role.Rules.Select(r => $"{Assert.Single(r.Resources)}: {string.Join(' ', r.Verbs)}"))));
        Assert.All(role.Rules, r => Assert.Equal(r.Resources[0] == "leases" ? "coordination.k8s.io" : "", Assert.Single(r.ApiGroups)));
        var binding = Assert.IsType<V1RoleBinding>(documents[1]);
        Assert.Equal(("Role", role.Metadata.Name, "apps"), (binding.RoleRef.Kind, binding.RoleRef.Name, binding.Metadata.NamespaceProperty));
        var subject = Assert.Single(binding.Subjects);
        Assert.Equal(("ServiceAccount", "shop", "apps"), (subject.Kind, subject.Name, subject.NamespaceProperty));
    }

    [Theory]
    [InlineData("", "shop")]
    [InlineData("apps", " ")]
    public void The_manifest_needs_names(string ns, string account) => Assert.ThrowsAny<ArgumentException>(() => KubernetesRbac.Manifest(ns, account));
}
