using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Flame.Doubles.Fly;

/// <summary>Answers as Fly gives them. Bodies whose source is known are quoted; the others are marked as made up.</summary>
internal static class FlyAnswer
{
    public static Task JsonAsync(HttpContext http, JsonNode body, int status = 200)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json; charset=utf-8";
        return http.Response.WriteAsync(body.ToJsonString());
    }

    public static Task ErrorAsync(HttpContext http, int status, string error, string? code = null)
    {
        var body = new JsonObject { ["error"] = error };
        if (code is not null) body["status"] = code;
        return JsonAsync(http, body, status);
    }

    public static Task OkAsync(HttpContext http) => JsonAsync(http, new JsonObject { ["ok"] = true });

    // Made up: nobody has seen the body of a 401.
    public static Task UnauthorizedAsync(HttpContext http) => ErrorAsync(http, 401, "unauthorized");

    public static Task NoMachineAsync(HttpContext http, string id) => ErrorAsync(http, 404, $"invalid machine ID, '{id}'");

    public static Task ThrottledAsync(HttpContext http) => ErrorAsync(http, 429, "rate limit exceeded");

    public static Task NameTakenAsync(HttpContext http, string id, string name) =>
        ErrorAsync(http, 409, $"already_exists: unique machine name violation, machine ID {id} already exists with name \"{name}\"");

    public static Task LeasedAsync(HttpContext http, string id, DateTimeOffset until) => JsonAsync(
        http, new JsonObject { ["status"] = "error", ["message"] = $"machine ID {id} lease currently held by hello@fly.io, expires at {until:yyyy-MM-ddTHH:mm:ssZ}" }, 409);

    public static string Hex(int digits) => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(digits / 2));

    public static string Ulid()
    {
        const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
        return "01" + string.Concat(Enumerable.Range(0, 24).Select(_ => Alphabet[RandomNumberGenerator.GetInt32(Alphabet.Length)]));
    }
}
