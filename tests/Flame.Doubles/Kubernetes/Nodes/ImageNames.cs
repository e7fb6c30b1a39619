using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Flame.Doubles.Kubernetes;

/// <summary>Images as containerd names them, and what it says when there is none.</summary>
internal static partial class ImageNames
{
    public static bool IsValid(string image) => Form().IsMatch(image);

    /// <summary>"app:1" is docker.io/library/app:1.</summary>
    public static string Full(string image)
    {
        var first = image.Split('/')[0];
        var name = !image.Contains('/') ? "docker.io/library/" + image : first.Contains('.') || first.Contains(':') || first == "localhost" ? image : "docker.io/" + image;
        return name.Contains('@') || name[(name.LastIndexOf('/') + 1)..].Contains(':') ? name : name + ":latest";
    }

    public static string Id(string image)
    {
        var name = Full(image);
        var last = name.LastIndexOf('/');
        var end = name.IndexOfAny(['@', ':'], last);
        return $"{(end < 0 ? name : name[..end])}@sha256:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))}";
    }

    public static string NotFound(string image)
    {
        var name = Full(image);
        return $"rpc error: code = NotFound desc = failed to pull and unpack image \"{name}\": failed to resolve reference \"{name}\": {name}: not found";
    }

    [GeneratedRegex(@"^[a-z0-9.:_-]+(/[a-z0-9._-]+)*(:[\w][\w.-]{0,127})?(@sha256:[a-f0-9]{64})?$")]
    private static partial Regex Form();
}
