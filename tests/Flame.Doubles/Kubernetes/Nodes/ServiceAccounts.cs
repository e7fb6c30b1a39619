using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Flame.Doubles.Kubernetes;

/// <summary>
/// The identities of the cluster's users and pods. What a real node mounts into a container lies in a folder of the host
/// here, which a variable names.
/// </summary>
internal sealed class ServiceAccounts : IDisposable
{
    public const string FolderVariable = "FLAME_TEST_SERVICEACCOUNT";
    public const string AdminUser = "kubernetes-admin";

    private readonly ConcurrentDictionary<string, string> _users = [];
    private readonly ConcurrentDictionary<string, string> _folders = [];
    private readonly ConcurrentDictionary<string, string> _tokens = [];

    public string AdminToken { get; } = NewToken();

    /// <summary>Where the API is for processes of the node, and who vouches for it.</summary>
    public (string Host, int Port, string CaPem) Api { get; set; }

    public string? UserOf(string token) => token == AdminToken ? AdminUser : _users.GetValueOrDefault(token);

    public string TokenOf(string ns, string account) => _tokens.GetOrAdd(User(ns, account), user =>
    {
        var token = NewToken();
        _users[token] = user;
        return token;
    });

    /// <summary>The account's tokens are worth nothing any more; its pods find a new one in their folder.</summary>
    public string Rotate(string ns, string account)
    {
        if (_tokens.TryRemove(User(ns, account), out var old)) _users.TryRemove(old, out _);
        var token = TokenOf(ns, account);
        foreach (var folder in _folders.Values)
        {
            var file = Path.Combine(folder, "token");
            if (old is not null && File.ReadAllText(file) == old) Replace(file, token);
        }

        return token;
    }

    public IEnumerable<KeyValuePair<string, string>> Variables(string ns, JsonObject pod)
    {
        yield return new("KUBERNETES_SERVICE_HOST", Api.Host);
        yield return new("KUBERNETES_SERVICE_PORT", Api.Port.ToString(CultureInfo.InvariantCulture));
        if (pod.Find("spec", "automountServiceAccountToken") is null || pod.Flag("spec", "automountServiceAccountToken"))
        {
            yield return new(FolderVariable, _folders.GetOrAdd(pod.Text("metadata", "uid")!, _ => Folder(ns, pod.Text("spec", "serviceAccountName") ?? "default")));
        }
    }

    /// <summary>A folder with token, ca.crt and namespace, as it is mounted into a container.</summary>
    public string Folder(string ns, string account)
    {
        var folder = Directory.CreateTempSubdirectory("flame-serviceaccount-").FullName;
        File.WriteAllText(Path.Combine(folder, "token"), TokenOf(ns, account));
        File.WriteAllText(Path.Combine(folder, "ca.crt"), Api.CaPem);
        File.WriteAllText(Path.Combine(folder, "namespace"), ns);
        return folder;
    }

    public string Keep(string folder) => _folders[folder] = folder;

    public void Forget(string uid)
    {
        if (_folders.TryRemove(uid, out var folder)) Delete(folder);
    }

    public void Dispose()
    {
        foreach (var folder in _folders.Values) Delete(folder);
    }

    private static void Delete(string folder)
    {
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }

    // As the node does: a reader sees the old one or the new one, never half.
    private static void Replace(string file, string text)
    {
        File.WriteAllText(file + ".new", text);
        File.Move(file + ".new", file, overwrite: true);
    }

    private static string User(string ns, string account) => $"system:serviceaccount:{ns}:{account}";

    private static string NewToken() => "flame-test." + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
}
