using Flame.Backends;
using k8s.Models;

namespace Flame.Kubernetes.Tests.Units;

public sealed class ExecutorPodTests
{
    [Theory]
    [InlineData("main", "flame-main-")]
    [InlineData("Main_Pool", "flame-main-pool-")]
    [InlineData("GPU/A100 (big)", "flame-gpu-a100--big-")]
    [InlineData("-x-", "flame-x-")]
    [InlineData("Größe", "flame-gr--e-")]
    [InlineData("数", "flame-pool-")]
    [InlineData("İ", "flame-pool-")]
    [InlineData("...", "flame-pool-")]
    [InlineData("0123456789-0123456789-01234567-0123456789-0123456789-0123456789-0123456789", "flame-0123456789-0123456789-01234567-")]
    public void Any_name_of_a_pool_makes_a_name_that_dns_takes(string pool, string begins)
    {
        var pod = Of(pool, $"{pool}/{int.MaxValue}");

        Assert.StartsWith(begins + int.MaxValue + "-", pod.Name, StringComparison.Ordinal);
        Assert.Matches("^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$", pod.Name);
        Assert.Matches("^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$", pod.Mark(Empty()).Metadata.Labels[ExecutorPod.PoolLabel]);
    }

    [Fact]
    public void Two_boots_never_have_the_same_name() => Assert.NotEqual(Of("main", "main/1").Name, Of("main", "main/1").Name);

    [Fact]
    public void An_executor_of_an_executor_has_a_name_too() => Assert.StartsWith("flame-main-7-", Of("main", "main/3/main/7").Name, StringComparison.Ordinal);

    [Fact]
    public void The_secret_holds_the_variable_and_nothing_else_and_belongs_to_its_pod()
    {
        var mark = Of("main", "main/1");
        var pod = mark.Mark(Empty());
        pod.Metadata.Uid = "uid-1";
        var secret = mark.Secret("words", pod);

        Assert.Equal((mark.Name, "apps", "Opaque", true), (secret.Metadata.Name, secret.Metadata.NamespaceProperty, secret.Type, secret.Immutable));
        var (key, value) = Assert.Single(secret.Data);
        Assert.Equal(("FLAME_PARENT", "words"), (key, System.Text.Encoding.UTF8.GetString(value)));
        var owner = Assert.Single(secret.Metadata.OwnerReferences);
        Assert.Equal(("Pod", "v1", mark.Name, "uid-1", true), (owner.Kind, owner.ApiVersion, owner.Name, owner.Uid, owner.Controller));
        Assert.True(mark.IsMine(secret.Metadata));
    }

    [Fact]
    public void A_pod_of_another_run_is_somebody_elses()
    {
        var mark = Of("main", "main/1");
        Assert.True(mark.IsMine(mark.Mark(Empty()).Metadata));
        Assert.False((mark with { Run = "another" }).IsMine(mark.Mark(Empty()).Metadata));
        Assert.False(mark.IsMine(new V1ObjectMeta()));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.2, 1)]
    [InlineData(30, 30)]
    public void The_grace_is_the_shutdown_timeout_in_whole_seconds(double timeout, long grace) =>
        Assert.Equal(grace, (Of("main", "main/1") with { Grace = TimeSpan.FromSeconds(timeout) }).Mark(Empty()).Spec.TerminationGracePeriodSeconds);

    internal static V1Pod Empty() => new() { Spec = new V1PodSpec { Containers = [new V1Container()] } };

    internal static ExecutorPod Of(string pool, string executor) => ExecutorPod.Of(
        new BootRequest(pool, executor, "words", static _ => { }) { ShutdownTimeout = TimeSpan.FromSeconds(20) }, "apps", "run0",
        new V1OwnerReference { ApiVersion = "v1", Kind = "Pod", Name = "parent", Uid = "uid-0", Controller = true });
}
