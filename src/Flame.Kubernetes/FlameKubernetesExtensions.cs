using Flame.Backends;

namespace Flame.Kubernetes;

/// <summary>Pools on Kubernetes.</summary>
public static class FlameKubernetesExtensions
{
    /// <summary>
    /// Has pools run on Kubernetes by default: each executor is a pod of the parent's own image. Nothing has to be set where the
    /// parent itself is a pod. Configuration may give <c>Flame:Backend</c> or a pool's <c>Backend</c> another name, such as <c>local</c>.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Sets options for all pools.</param>
    /// <returns>The builder.</returns>
    public static FlameBuilder UseKubernetes(this FlameBuilder builder, Action<KubernetesOptions>? configure = null)
    {
        Options(builder, isDefault: true).Add(pool: null, isConfiguration: false, configure);
        return builder;
    }

    /// <summary>Lets pools run on Kubernetes where configuration says so, and leaves the default as it is.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Sets options for all pools.</param>
    /// <returns>The builder.</returns>
    public static FlameBuilder AddKubernetes(this FlameBuilder builder, Action<KubernetesOptions>? configure = null)
    {
        Options(builder, isDefault: false).Add(pool: null, isConfiguration: false, configure);
        return builder;
    }

    /// <summary>Declares a pool whose executors are pods, whatever the default is.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="name">The pool's name.</param>
    /// <param name="configure">Sets the pool's options.</param>
    /// <param name="pod">Sets options of its pods, on top of those for all pools.</param>
    /// <returns>The builder.</returns>
    public static FlameBuilder AddKubernetesPool(
        this FlameBuilder builder, string name, Action<FlamePoolOptions>? configure = null, Action<KubernetesOptions>? pod = null)
    {
        var options = Options(builder, isDefault: false);
        options.Add(name, isConfiguration: false, pod);
        return builder.AddPool(name, configure, options.Backend);
    }

    private static BackendOptions<KubernetesOptions> Options(FlameBuilder builder, bool isDefault)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.BackendOptions(static options => new KubernetesBackend(options), KubernetesSettings.Table, isDefault);
    }
}
