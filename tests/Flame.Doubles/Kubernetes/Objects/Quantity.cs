using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Flame.Doubles.Kubernetes;

/// <summary>"500m", "1Gi", "2": an amount of a resource.</summary>
internal static partial class Quantity
{
    public static decimal? Parse(JsonNode? node)
    {
        if (node is not JsonValue || Form().Match(node.ToString()) is not { Success: true } match) return null;
        var number = decimal.Parse(match.Groups[1].Value, NumberStyles.Float, CultureInfo.InvariantCulture);
        return number * match.Groups[2].Value switch
        {
            "n" => 1e-9m, "u" => 1e-6m, "m" => 1e-3m, "" => 1m, "k" => 1e3m, "M" => 1e6m, "G" => 1e9m, "T" => 1e12m, "P" => 1e15m, "E" => 1e18m,
            var binary => (decimal)Math.Pow(1024, "KMGTPE".IndexOf(binary[0], StringComparison.Ordinal) + 1),
        };
    }

    /// <summary>What a pod asks a node for.</summary>
    public static Dictionary<string, decimal> Requests(JsonNode pod)
    {
        var total = new Dictionary<string, decimal>();
        foreach (var container in pod.Items("spec", "containers"))
        {
            if (container.Find("resources", "requests") is not JsonObject requests) continue;
            foreach (var (resource, amount) in requests) total[resource] = total.GetValueOrDefault(resource) + (Parse(amount) ?? 0);
        }

        return total;
    }

    [GeneratedRegex(@"^([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(n|u|m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?$")]
    private static partial Regex Form();
}
