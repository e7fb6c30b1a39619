using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Flame.Doubles.Registry;

/// <summary>An image of one layer for linux/amd64, in the format of Docker, as Microsoft's images are.</summary>
public sealed class BaseImage
{
    private const string ManifestType = "application/vnd.docker.distribution.manifest.v2+json";
    private const string ConfigType = "application/vnd.docker.container.image.v1+json";
    private const string LayerType = "application/vnd.docker.image.rootfs.diff.tar.gzip";

    private readonly Dictionary<string, (string Type, byte[] Bytes)> _blobs = new(StringComparer.Ordinal);

    /// <param name="tar">The root file system.</param>
    /// <param name="environment">Variables, as <c>NAME=value</c>.</param>
    public BaseImage(byte[] tar, params string[] environment)
    {
        var config = new JsonObject
        {
            ["architecture"] = "amd64",
            ["os"] = "linux",
            ["config"] = new JsonObject { ["Env"] = new JsonArray([.. environment.Select(variable => JsonValue.Create(variable))]) },
            ["rootfs"] = new JsonObject { ["type"] = "layers", ["diff_ids"] = new JsonArray(Digest(tar)) },
            ["history"] = new JsonArray(new JsonObject { ["created_by"] = "the registry's double" }),
        };
        var manifest = new JsonObject
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = ManifestType,
            ["config"] = Add(ConfigType, Encoding.UTF8.GetBytes(config.ToJsonString())),
            ["layers"] = new JsonArray(Add(LayerType, Compress(tar))),
        };
        Manifest = (string)Add(ManifestType, Encoding.UTF8.GetBytes(manifest.ToJsonString()))["digest"]!;
    }

    /// <summary>The digest of its manifest.</summary>
    public string Manifest { get; }

    /// <summary>One with a single file, on which nothing runs.</summary>
    public static BaseImage WithFile(string path, string text, params string[] environment)
    {
        using var bytes = new MemoryStream();
        using (var tar = new TarWriter(bytes, leaveOpen: true))
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, path) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)) });
        return new BaseImage(bytes.ToArray(), environment);
    }

    public (string Type, byte[] Bytes)? Find(string digest) => _blobs.TryGetValue(digest, out var found) ? found : null;

    private JsonObject Add(string type, byte[] bytes)
    {
        var digest = Digest(bytes);
        _blobs[digest] = (type, bytes);
        return new JsonObject { ["mediaType"] = type, ["digest"] = digest, ["size"] = bytes.Length };
    }

    private static string Digest(byte[] bytes) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static byte[] Compress(byte[] bytes)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(bytes);
        return compressed.ToArray();
    }
}
