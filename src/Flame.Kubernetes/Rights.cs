using System.Net;
using System.Text;
using Flame.Backends;
using k8s.Autorest;
using k8s.Models;

namespace Flame.Kubernetes;

/// <summary>What a parent must be allowed to do, no more than that: a check, and the manifest that allows it.</summary>
internal static class Rights
{
    private static readonly Right[] s_always =
    [
        new("", "pods", ["create", "get", "list", "watch", "patch", "delete"]),

        // Only to create: the parent can read no secret of the namespace, and those it makes go with their pods.
        new("", "secrets", ["create"]),
    ];

    private static readonly Right s_forwarding = new("", "pods/portforward", ["create", "get"]);
    private static readonly Right s_leases = new("coordination.k8s.io", "leases", ["create", "list", "patch", "delete"]);

    public static IEnumerable<Right> Of(bool parentDials, bool isPod) =>
        [.. s_always, .. parentDials ? new[] { s_forwarding } : [], .. isPod ? [] : new[] { s_leases }];

    /// <summary>Every right that is missing, as a problem.</summary>
    public static async Task<IReadOnlyList<string>> MissingAsync(ClusterCalls calls, string @namespace, IEnumerable<Right> rights, CancellationToken ct)
    {
        var asked = rights.SelectMany(right => right.Verbs.Select(verb => (Right: right, Verb: verb))).ToArray();
        var answers = await Task.WhenAll(asked.Select(a => MayAsync(calls, Review(a.Right, a.Verb, @namespace), ct))).ConfigureAwait(false);
        return
        [
            .. asked.Zip(answers).Where(pair => !pair.Second).GroupBy(pair => pair.First.Right, pair => pair.First.Verb).Select(missing =>
                $"FLM1132: Kubernetes does not let this parent {string.Join(", ", missing)} {missing.Key.Resource} in namespace {@namespace}. Add to its Role: {missing.Key.Rule(missing)}"),
        ];
    }

    // Every account may ask, as Kubernetes comes. Where one may not, that says nothing of its rights: the first use of each tells.
    private static async Task<bool> MayAsync(ClusterCalls calls, V1SelfSubjectAccessReview review, CancellationToken ct)
    {
        try
        {
            return (await calls.ReviewAsync(review, ct).ConfigureAwait(false)).Status?.Allowed == true;
        }
        catch (BackendException e) when (e.InnerException is HttpOperationException { Response.StatusCode: HttpStatusCode.Forbidden })
        {
            return true;
        }
    }

    public static string Manifest(string @namespace, string account, IEnumerable<Right> rights)
    {
        var rules = new StringBuilder();
        foreach (var right in rights) rules.Append("  - ").Append(right.Rule(right.Verbs)).Append('\n');
        return $"""
            apiVersion: rbac.authorization.k8s.io/v1
            kind: Role
            metadata:
              name: flame-parent
              namespace: {@namespace}
            rules:
            {rules.ToString().TrimEnd()}
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata:
              name: flame-parent
              namespace: {@namespace}
            roleRef:
              apiGroup: rbac.authorization.k8s.io
              kind: Role
              name: flame-parent
            subjects:
              - kind: ServiceAccount
                name: {account}
                namespace: {@namespace}

            """;
    }

    private static V1SelfSubjectAccessReview Review(Right right, string verb, string @namespace) => new()
    {
        ApiVersion = "authorization.k8s.io/v1",
        Kind = "SelfSubjectAccessReview",
        Spec = new V1SelfSubjectAccessReviewSpec
        {
            ResourceAttributes = new V1ResourceAttributes
            {
                Group = right.Group,
                Resource = right.Resource.Split('/')[0],
                Subresource = right.Resource.Split('/') is [_, var sub] ? sub : null,
                Verb = verb,
                NamespaceProperty = @namespace,
            },
        },
    };

    /// <summary>Verbs on one resource of the namespace.</summary>
    internal sealed record Right(string Group, string Resource, string[] Verbs)
    {
        public string Rule(IEnumerable<string> verbs) => $$"""{ apiGroups: ["{{Group}}"], resources: ["{{Resource}}"], verbs: ["{{string.Join("\", \"", verbs)}}"] }""";
    }
}
