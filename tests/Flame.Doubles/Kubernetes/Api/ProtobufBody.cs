using System.Text;
using System.Text.Json.Nodes;

namespace Flame.Doubles.Kubernetes;

/// <summary>
/// The API's other encoding, in which newer clients (kubectl from 1.32 on) send what they make themselves. Only the small
/// kinds; answers are always JSON, which such clients take too.
/// </summary>
internal static class ProtobufBody
{
    public const string ContentType = "application/vnd.kubernetes.protobuf";

    private static readonly byte[] s_magic = "k8s\0"u8.ToArray();

    // Message, then the fields' numbers and how to read them.
    private static readonly Dictionary<string, Dictionary<int, (string Name, string Type)>> s_messages = new()
    {
        ["Unknown"] = new() { [1] = ("typeMeta", "TypeMeta"), [2] = ("raw", "bytes") },
        ["TypeMeta"] = new() { [1] = ("apiVersion", "string"), [2] = ("kind", "string") },
        ["ObjectMeta"] = new()
        {
            [1] = ("name", "string"), [2] = ("generateName", "string"), [3] = ("namespace", "string"), [5] = ("uid", "string"), [6] = ("resourceVersion", "string"),
            [11] = ("labels", "map:string"), [12] = ("annotations", "map:string"), [13] = ("ownerReferences", "list:OwnerReference"), [14] = ("finalizers", "list:string"),
        },
        ["OwnerReference"] = new() { [1] = ("kind", "string"), [3] = ("name", "string"), [4] = ("uid", "string"), [5] = ("apiVersion", "string"), [6] = ("controller", "bool"), [7] = ("blockOwnerDeletion", "bool") },
        ["Secret"] = new() { [1] = ("metadata", "ObjectMeta"), [2] = ("data", "map:bytes"), [3] = ("type", "string"), [4] = ("stringData", "map:string"), [5] = ("immutable", "bool") },
        ["ConfigMap"] = new() { [1] = ("metadata", "ObjectMeta"), [2] = ("data", "map:string"), [3] = ("binaryData", "map:bytes"), [4] = ("immutable", "bool") },
        ["Namespace"] = new() { [1] = ("metadata", "ObjectMeta") },
        ["ServiceAccount"] = new() { [1] = ("metadata", "ObjectMeta"), [4] = ("automountServiceAccountToken", "bool") },
        ["SelfSubjectAccessReview"] = new() { [2] = ("spec", "SelfSubjectAccessReviewSpec") },
        ["SelfSubjectAccessReviewSpec"] = new() { [1] = ("resourceAttributes", "ResourceAttributes"), [2] = ("nonResourceAttributes", "NonResourceAttributes") },
        ["ResourceAttributes"] = new() { [1] = ("namespace", "string"), [2] = ("verb", "string"), [3] = ("group", "string"), [4] = ("version", "string"), [5] = ("resource", "string"), [6] = ("subresource", "string"), [7] = ("name", "string") },
        ["NonResourceAttributes"] = new() { [1] = ("path", "string"), [2] = ("verb", "string") },
    };

    public static JsonObject Read(byte[] body)
    {
        if (!body.AsSpan().StartsWith(s_magic)) throw ApiError.BadRequest("provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]");
        var envelope = Message("Unknown", body.AsSpan(s_magic.Length));
        var kind = envelope.Text("typeMeta", "kind") ?? "";
        if (!s_messages.ContainsKey(kind)) throw ApiError.UnsupportedMediaType($"{ContentType} of a {kind}, which this double does not read");
        var o = Message(kind, Convert.FromBase64String(envelope.Text("raw") ?? ""));
        (o["kind"], o["apiVersion"]) = (kind, envelope.Text("typeMeta", "apiVersion"));
        return o;
    }

    private static JsonObject Message(string name, ReadOnlySpan<byte> bytes)
    {
        var o = new JsonObject();
        while (bytes.Length > 0)
        {
            var tag = Varint(ref bytes);
            var field = s_messages[name].GetValueOrDefault((int)(tag >> 3));
            switch (tag & 7)
            {
                case 0: var number = Varint(ref bytes); if (field.Name is not null) o[field.Name] = number != 0; break;
                case 1: bytes = bytes[sizeof(ulong)..]; break;
                case 5: bytes = bytes[sizeof(uint)..]; break;
                default:
                    var length = (int)Varint(ref bytes);
                    if (field.Name is not null) Put(o, field.Name, field.Type, bytes[..length]);
                    bytes = bytes[length..];
                    break;
            }
        }

        return o;
    }

    private static void Put(JsonObject o, string name, string type, ReadOnlySpan<byte> value)
    {
        if (type.StartsWith("map:", StringComparison.Ordinal))
        {
            var (key, entry) = Entry(type["map:".Length..], value);
            o.Branch(name)[key] = entry;
        }
        else if (type.StartsWith("list:", StringComparison.Ordinal))
        {
            if (o[name] is not JsonArray list) o[name] = list = [];
            list.Add(Value(type["list:".Length..], value));
        }
        else if (type != "string" || value.Length > 0)
        {
            o[name] = Value(type, value);
        }
    }

    private static (string Key, JsonNode Value) Entry(string type, ReadOnlySpan<byte> bytes)
    {
        var (key, value) = ("", Value(type, []));
        while (bytes.Length > 0)
        {
            var number = Varint(ref bytes) >> 3;
            var length = (int)Varint(ref bytes);
            if (number == 1) key = Encoding.UTF8.GetString(bytes[..length]);
            else value = Value(type, bytes[..length]);
            bytes = bytes[length..];
        }

        return (key, value);
    }

    private static JsonNode Value(string type, ReadOnlySpan<byte> value) => type switch
    {
        "string" => Encoding.UTF8.GetString(value),
        "bytes" => Convert.ToBase64String(value),
        _ => Message(type, value),
    };

    private static ulong Varint(ref ReadOnlySpan<byte> bytes)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var next = bytes[0];
            bytes = bytes[1..];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80) return value;
        }
    }
}
