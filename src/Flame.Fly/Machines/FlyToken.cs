using System.Net.Http.Headers;

namespace Flame.Fly.Machines;

/// <summary>
/// The API token. <c>fly tokens create</c> prints it with a scheme in front, people store it with and without, and one
/// value may hold several: they are sorted out as Fly's own client does. It prints itself as nothing.
/// </summary>
internal sealed class FlyToken
{
    private const string Hidden = "…";
    private const int ShortestSecret = 4;

    private static readonly string[] s_schemes = ["Bearer ", "FlyV1 "];
    private static readonly string[] s_macaroons = ["fm1r_", "fm1a_", "fm2_"];

    private readonly string[] _secrets;

    private FlyToken(string scheme, string value, IEnumerable<string> parts)
    {
        Header = new AuthenticationHeaderValue(scheme, value);
        _secrets = [value, .. parts.Where(part => part.Length >= ShortestSecret).OrderByDescending(part => part.Length)];
    }

    /// <summary>What every request carries.</summary>
    public AuthenticationHeaderValue Header { get; }

    /// <summary>Reads a token; <see langword="null"/> where there is none, or one that no header can carry.</summary>
    public static FlyToken? Parse(string? text)
    {
        var parts = Bare(text ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length == 0 || parts.Any(part => part.Any(c => c is <= ' ' or > '~'))) return null;
        var macaroons = Array.FindAll(parts, part => s_macaroons.Any(start => part.StartsWith(start, StringComparison.Ordinal)));
        return macaroons.Length > 0
            ? new FlyToken("FlyV1", string.Join(',', macaroons), parts)
            : new FlyToken("Bearer", string.Join(',', parts), parts);
    }

    /// <summary>The text without the token, whoever put it there.</summary>
    public string Clean(string text)
    {
        foreach (var secret in _secrets) text = text.Replace(secret, Hidden, StringComparison.Ordinal);
        return text;
    }

    public override string ToString() => Hidden;

    private static string Bare(string text)
    {
        // With a space behind, so that a scheme alone is one too.
        text = text.Trim() + " ";
        while (Array.Find(s_schemes, scheme => text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)) is { } scheme) text = text[scheme.Length..].TrimStart();
        return text.TrimEnd();
    }
}
