using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Flame.Fly.Machines;

/// <summary>
/// Tells the meanings of one status code apart. The field <c>status</c> decides where it is there, then the text; both
/// are Fly's and may change, so an unknown one falls to the meaning that can be tried again, where the code has one.
/// </summary>
internal static partial class FailedAnswer
{
    private const int KeptText = 300;

    public static MachinesException Read(string action, HttpResponseMessage response, byte[] body, FlyToken token, DateTimeOffset now)
    {
        var code = (int)response.StatusCode;
        var (text, status) = Words(body);
        var isLint = response.Content.Headers.ContentType?.MediaType == "application/problem+json";
        var failure = isLint && code < 500 ? MachinesFailure.Invalid : Meaning(code, status, text);
        var request = response.Headers.TryGetValues("fly-request-id", out var ids) ? $" (request {ids.First()})" : "";
        var words = text.Length == 0 ? response.StatusCode.ToString() : text;
        return new MachinesException(failure, token.Clean(string.Create(CultureInfo.InvariantCulture, $"Fly answered {code} to {action}: {words}{request}")))
        {
            RetryAfter = After(response, now),
            IsNotYet = code == (int)HttpStatusCode.RequestTimeout && action == MachinesCall.Wait,
            Holder = failure == MachinesFailure.NameTaken && HolderId().Match(text) is { Success: true } match ? match.Groups[1].Value : null,
        };
    }

    private static MachinesFailure Meaning(int code, string status, string text) => (code, status) switch
    {
        (429, _) => MachinesFailure.Throttled,
        ((int)HttpStatusCode.RequestTimeout or >= 500, _) => MachinesFailure.Unanswered,
        (_, "insufficient_capacity") => MachinesFailure.RegionFull,
        (_, "volume_placement_capacity") => MachinesFailure.VolumeHostFull,
        (_, "name_taken") => MachinesFailure.NameTaken,
        (401, _) => MachinesFailure.Refused,
        (403, _) => Says(text, "quota") ? MachinesFailure.Quota : MachinesFailure.Refused,
        (404, _) => MachinesFailure.NotFound,
        (409, _) => Says(text, "name violation") || Says(text, "already_exists") ? MachinesFailure.NameTaken
            : Says(text, "lease") ? MachinesFailure.Leased
            : Says(text, "no capacity") ? MachinesFailure.RegionFull
            : Says(text, "insufficient") || Says(text, "could not reserve") ? MachinesFailure.HostFull
            : MachinesFailure.Conflict,
        (412, _) => Says(text, "insufficient resources") ? MachinesFailure.VolumeHostFull : MachinesFailure.WrongState,
        (422, _) => Says(text, "candidate host") || Says(text, "capacity") ? MachinesFailure.RegionFull : MachinesFailure.Invalid,
        (400, _) => Says(text, "no capacity") ? MachinesFailure.RegionFull : MachinesFailure.Invalid,
        _ => MachinesFailure.Invalid,
    };

    private static bool Says(string text, string words) => text.Contains(words, StringComparison.OrdinalIgnoreCase);

    // Bodies may be empty, or a proxy's HTML.
    private static (string Text, string Status) Words(byte[] body)
    {
        try
        {
            var error = JsonSerializer.Deserialize(body, MachinesJson.Default.ErrorBody);
            if (Text(error?.Message) is { Length: > 0 } message) return (message, Text(error?.Status));
            return (Text(error?.Error), Text(error?.Status));
        }
        catch (JsonException)
        {
            var text = Encoding.UTF8.GetString(body).ReplaceLineEndings(" ").Trim();
            return (text.Length <= KeptText ? text : text[..KeptText] + "…", "");
        }
    }

    private static string Text(JsonElement? element) => element is { ValueKind: JsonValueKind.String } text ? text.GetString() ?? "" : "";

    // Fly does not document it; a proxy in front may send it.
    private static TimeSpan? After(HttpResponseMessage response, DateTimeOffset now)
    {
        var after = response.Headers.RetryAfter;
        var wait = after?.Delta ?? (after?.Date is { } date ? date - now : null);
        return wait > TimeSpan.Zero ? wait : null;
    }

    [GeneratedRegex("machine ID ([0-9a-z]+) already exists")]
    private static partial Regex HolderId();
}
