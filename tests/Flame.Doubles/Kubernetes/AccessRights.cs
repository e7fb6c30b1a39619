namespace Flame.Doubles.Kubernetes;

/// <summary>What a role allows. Without one the cluster allows everything.</summary>
public sealed class AccessRights
{
    private readonly HashSet<(string Group, string Resource, string Verb)> _allowed = [];

    /// <summary>The namespace that the role counts in; null for all and for what has none.</summary>
    public string? Namespace { get; init; }

    /// <summary>"pods" and "pods/log" are two resources; "*" is any.</summary>
    public AccessRights Allow(string group, string resource, params string[] verbs)
    {
        foreach (var verb in verbs) _allowed.Add((group, resource, verb));
        return this;
    }

    public AccessRights Forbid(string group, string resource, params string[] verbs)
    {
        foreach (var verb in verbs) _allowed.Remove((group, resource, verb));
        return this;
    }

    public bool Allows(string group, string resource, string verb, string ns) =>
        (Namespace is null || Namespace == ns)
        && _allowed.Any(a => (a.Group is "*" || a.Group == group) && (a.Resource is "*" || a.Resource == resource) && (a.Verb is "*" || a.Verb == verb));
}
