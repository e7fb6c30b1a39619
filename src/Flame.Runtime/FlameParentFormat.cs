using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Flame.Links;

namespace Flame;

/// <summary>
/// base64url of UTF-8 JSON, written and read by hand: this is on the way of every cold start, where a serializer
/// costs more than all the rest. No text of the value goes into an error, for any part of it may be the token.
/// </summary>
internal static class FlameParentFormat
{
    // Room for dozens of endpoints, and far below what any system allows for one variable (128 KiB on Linux).
    private const int MaxLength = 8 * 1024;

    public static string Write(FlameParent parent)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("v"u8, FlameParent.FormatVersion);
            json.WriteStartArray("endpoints"u8);
            foreach (var endpoint in parent.Endpoints)
                json.WriteStringValue(endpoint);
            json.WriteEndArray();
            json.WriteString("pool"u8, parent.Pool);
            json.WriteString("executor"u8, parent.Executor);
            json.WriteString("token"u8, parent.Token);
            if (parent.CertificatePin is { } pin)
                json.WriteString("pin"u8, pin);
            json.WriteString("build"u8, parent.BuildId);
            json.WriteString("backend"u8, parent.Backend);
            json.WriteEndObject();
        }

        return Base64Url.EncodeToString(buffer.WrittenSpan);
    }

    public static FlameParent Read(string value)
    {
        if (value.Length > MaxLength)
            throw new FlameParentException("it is over 8 KiB");

        var bytes = Decode(value) ?? throw new FlameParentException("it is not base64url");
        try
        {
            var json = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes);

            // The version first, wherever it stands: a later format may give the other fields another shape.
            CheckVersion(json);
            return ReadFields(json);
        }
        catch (DecoderFallbackException)
        {
            // The cause is dropped on purpose: it quotes the input.
            throw JsonCursor.NotJson();
        }
    }

    private static void CheckVersion(string text)
    {
        var json = Open(text);
        for (var isFirst = true; json.TryTakeName(ref isFirst, out var name);)
        {
            if (name != "v")
            {
                json.Skip();
                continue;
            }

            if (!json.TryTakeInt32(out var version))
                throw new FlameParentException("field v has the wrong type");
            if (version != FlameParent.FormatVersion)
                throw new FlameParentException($"it has version {version}, and this build reads version {FlameParent.FormatVersion}");
            return;
        }

        throw new FlameParentException("field v is missing");
    }

    private static FlameParent ReadFields(string text)
    {
        string? pool = null, executor = null, token = null, pin = null, build = null, backend = null;
        List<string>? endpoints = null;
        var hasVersion = false;

        var json = Open(text);
        for (var isFirst = true; json.TryTakeName(ref isFirst, out var name);)
        {
            switch (name)
            {
                case "endpoints": endpoints = endpoints is null ? ReadEndpoints(ref json) : throw Twice(name); break;
                case "pool": pool = ReadString(ref json, name, pool); break;
                case "executor": executor = ReadString(ref json, name, executor); break;
                case "token": token = ReadString(ref json, name, token); break;
                case "pin": pin = ReadString(ref json, name, pin); break;
                case "build": build = ReadString(ref json, name, build); break;
                case "backend": backend = ReadString(ref json, name, backend); break;
                case "v" when hasVersion: throw Twice(name);
                case "v": hasVersion = true; json.Skip(); break;
                default: json.Skip(); break;
            }
        }

        if (!json.AtEnd)
            throw JsonCursor.NotJson();
        if (endpoints is { Count: 0 })
            throw new FlameParentException("it names no endpoints");

        return new FlameParent
        {
            Endpoints = endpoints ?? throw Missing("endpoints"),
            Pool = pool ?? throw Missing("pool"),
            Executor = executor ?? throw Missing("executor"),
            Token = CheckToken(token ?? throw Missing("token")),
            CertificatePin = pin,
            BuildId = build ?? throw Missing("build"),
            Backend = backend ?? throw Missing("backend"),
        };
    }

    private static JsonCursor Open(string text)
    {
        var json = new JsonCursor(text);
        if (json.TryTake('{'))
            return json;
        json.Skip();
        throw new FlameParentException("it is not a JSON object");
    }

    private static string ReadString(ref JsonCursor json, string field, string? before = null)
    {
        // Readers differ in which of two they take.
        if (before is not null) throw Twice(field);
        if (json.Next != '"')
            throw new FlameParentException($"field {field} has the wrong type");
        return json.TakeString() is { Length: > 0 } text ? text : throw new FlameParentException($"field {field} is empty");
    }

    private static List<string> ReadEndpoints(ref JsonCursor json)
    {
        if (!json.TryTake('['))
            throw new FlameParentException("field endpoints has the wrong type");

        List<string> endpoints = [];
        while (!json.TryTake(']'))
        {
            if (endpoints.Count > 0)
                json.Take(',');
            var endpoint = ReadString(ref json, "endpoints");
            if (endpoint.StartsWith("unix:", StringComparison.Ordinal) && !SocketDirectory.IsPlain(endpoint[5..]))
                throw new FlameParentException("an endpoint is a path that does not begin at the root, or leads back");
            endpoints.Add(endpoint);
        }

        return endpoints;
    }

    private static string CheckToken(string token) =>
        Decode(token)?.Length == FlameParent.TokenSize ? token : throw new FlameParentException("the token is not 32 bytes");

    private static byte[]? Decode(string text)
    {
        if (text.Length % 4 == 1)
            return null;

        var bytes = new byte[text.Length * 6 / 8];
        var (bits, count, length) = (0, 0, 0);
        foreach (var c in text)
        {
            var value = c switch
            {
                >= 'A' and <= 'Z' => c - 'A',
                >= 'a' and <= 'z' => c - 'a' + 26,
                >= '0' and <= '9' => c - '0' + 52,
                '-' => 62,
                '_' => 63,
                _ => -1,
            };
            if (value < 0)
                return null;
            bits = (bits << 6) | value;
            count += 6;
            if (count < 8)
                continue;
            count -= 8;
            bytes[length++] = (byte)(bits >> count);
            bits &= (1 << count) - 1;
        }

        return bytes;
    }

    private static FlameParentException Twice(string field) => new($"field {field} is there twice");

    private static FlameParentException Missing(string field) => new($"field {field} is missing");
}
