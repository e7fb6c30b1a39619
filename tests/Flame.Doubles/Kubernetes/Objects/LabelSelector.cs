using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Flame.Doubles.Kubernetes;

/// <summary>"app=x, tier!=y, zone in (a, b), !old".</summary>
internal sealed partial class LabelSelector
{
    private readonly List<Func<JsonObject?, bool>> _terms = [];

    public static LabelSelector Parse(string? text)
    {
        var selector = new LabelSelector();
        foreach (var term in Comma().Split(text ?? "").Select(t => t.Trim()).Where(t => t.Length > 0)) selector._terms.Add(Term(term));
        return selector;
    }

    public bool Matches(JsonObject o) => _terms.TrueForAll(term => term(o.Find("metadata", "labels") as JsonObject));

    private static Func<JsonObject?, bool> Term(string term)
    {
        if (SetTerm().Match(term) is { Success: true } set)
        {
            var (key, negative) = (set.Groups[1].Value, set.Groups[2].Value == "notin");
            var values = set.Groups[3].Value.Split(',', StringSplitOptions.TrimEntries);
            return labels => (labels.Text(key) is { } value && values.Contains(value)) != negative;
        }

        if (EqualTerm().Match(term) is { Success: true } equal)
        {
            var (key, negative, wanted) = (equal.Groups[1].Value, equal.Groups[2].Value == "!=", equal.Groups[3].Value);
            return labels => (labels.Text(key) == wanted) != negative;
        }

        if (ExistsTerm().Match(term) is { Success: true } exists)
        {
            var (key, negative) = (exists.Groups[2].Value, exists.Groups[1].Length > 0);
            return labels => (labels.Text(key) is not null) != negative;
        }

        throw ApiError.BadRequest($"unable to parse requirement: found '{term}', expected: identifier");
    }

    [GeneratedRegex(@",(?![^(]*\))")]
    private static partial Regex Comma();

    [GeneratedRegex(@"^([\w./-]+)\s+(in|notin)\s*\(([^)]*)\)$")]
    private static partial Regex SetTerm();

    [GeneratedRegex(@"^([\w./-]+)\s*(==|=|!=)\s*([\w.-]*)$")]
    private static partial Regex EqualTerm();

    [GeneratedRegex(@"^(!?)\s*([\w./-]+)$")]
    private static partial Regex ExistsTerm();
}
