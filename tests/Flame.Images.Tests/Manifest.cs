using k8s;
using k8s.Models;

namespace Flame.Images.Tests;

/// <summary>A file of objects for a cluster, named by its path within the samples.</summary>
internal sealed class Manifest(string path)
{
    public string Text { get; } = File.ReadAllText(Path.Combine(Repository.Path, "samples", path));

    /// <summary>Of the program, and of all that it has.</summary>
    public string Name { get; } = Path.GetFileNameWithoutExtension(path);

    public List<object> Objects => field ??= KubernetesYaml.LoadAllFromString(Text);

    /// <summary>What the program's container is told by values, without what the cluster fills in.</summary>
    public (string Name, string Value)[] Environment =>
        [.. The<V1Deployment>().Spec.Template.Spec.Containers.Single().Env.Where(e => e.Value is not null).Select(e => (e.Name, e.Value))];

    public T The<T>() => Assert.Single(Objects.OfType<T>());
}
