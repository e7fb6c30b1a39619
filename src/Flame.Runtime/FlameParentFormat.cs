using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;

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

        Span<byte> json = new byte[Base64Url.GetMaxDecodedLength(value.Length)];
        if (Base64Url.DecodeFromChars(value, json, out _, out var written) != OperationStatus.Done)
            throw new FlameParentException("it is not base64url");

        json = json[..written];
        try
        {
            // The version first, wherever it stands: a later format may give the other fields another shape.
            CheckVersion(json);
            return ReadFields(json);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The cause is dropped on purpose: it quotes the input.
            throw new FlameParentException("it is not JSON");
        }
    }

    private static void CheckVersion(ReadOnlySpan<byte> json)
    {
        var reader = Open(json);
        while (NextField(ref reader))
        {
            if (!reader.ValueTextEquals("v"u8))
            {
                reader.Skip();
                continue;
            }

            reader.Read();
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt32(out var version))
                throw new FlameParentException("field v has the wrong type");
            if (version != FlameParent.FormatVersion)
                throw new FlameParentException($"it has version {version}, and this build reads version {FlameParent.FormatVersion}");
            return;
        }

        throw new FlameParentException("field v is missing");
    }

    private static FlameParent ReadFields(ReadOnlySpan<byte> json)
    {
        string? pool = null, executor = null, token = null, pin = null, build = null, backend = null;
        List<string>? endpoints = null;

        var reader = Open(json);
        while (NextField(ref reader))
        {
            if (reader.ValueTextEquals("endpoints"u8))
                endpoints = ReadEndpoints(ref reader);
            else if (reader.ValueTextEquals("pool"u8))
                pool = ReadString(ref reader, "pool");
            else if (reader.ValueTextEquals("executor"u8))
                executor = ReadString(ref reader, "executor");
            else if (reader.ValueTextEquals("token"u8))
                token = ReadString(ref reader, "token");
            else if (reader.ValueTextEquals("pin"u8))
                pin = ReadString(ref reader, "pin");
            else if (reader.ValueTextEquals("build"u8))
                build = ReadString(ref reader, "build");
            else if (reader.ValueTextEquals("backend"u8))
                backend = ReadString(ref reader, "backend");
            else
                reader.Skip();
        }

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

    private static Utf8JsonReader Open(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        return reader.TokenType == JsonTokenType.StartObject ? reader : throw new FlameParentException("it is not a JSON object");
    }

    private static bool NextField(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.PropertyName)
            return true;

        // Reads past the end, so that anything behind the object is an error too.
        reader.Read();
        return false;
    }

    private static string ReadString(ref Utf8JsonReader reader, string field)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.String)
            throw new FlameParentException($"field {field} has the wrong type");
        return reader.GetString() is { Length: > 0 } text ? text : throw new FlameParentException($"field {field} is empty");
    }

    private static List<string> ReadEndpoints(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
            throw new FlameParentException("field endpoints has the wrong type");

        List<string> endpoints = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.String || reader.GetString() is not { Length: > 0 } endpoint)
                throw new FlameParentException("field endpoints has the wrong type");
            endpoints.Add(endpoint);
        }

        return endpoints;
    }

    private static string CheckToken(string token)
    {
        Span<byte> secret = stackalloc byte[FlameParent.TokenSize + 3];
        return Base64Url.DecodeFromChars(token, secret, out _, out var size) == OperationStatus.Done && size == FlameParent.TokenSize
            ? token
            : throw new FlameParentException("the token is not 32 bytes");
    }

    private static FlameParentException Missing(string field) => new($"field {field} is missing");
}
