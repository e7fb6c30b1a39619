using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Flame.Cli.Output;
using Flame.Control;
using Flame.Observation;

namespace Flame.Cli.Verbs;

/// <summary><c>flame cost</c>: executor-seconds, and money where prices are given.</summary>
internal static class Cost
{
    public static Command Make(Globals globals)
    {
        var by = new Option<string>("--by") { Description = "Of each pool with all that its executors were there for; or of its methods or tags, for as long as their calls had a slot.", DefaultValueFactory = static _ => "pool" };
        by.AcceptOnlyFromAmong("pool", "method", "tag");
        var prices = new Option<FileInfo?>("--prices") { Description = "What an hour of an executor costs: {\"currency\": \"EUR\", \"perHour\": {\"gpu\": 1.2, \"*\": 0.1}}", HelpName = "file.json" };
        var verb = new Command("cost", "Executor-seconds since the start, and what they cost.") { by, prices };
        globals.Does(verb, async (run, ct) =>
        {
            var table = run.Get(prices) is { } file ? await ReadAsync(file, ct).ConfigureAwait(false) : null;
            var costs = new List<CostView>();
            await foreach (var line in run.Parent.AskAsync(new ControlRequest("cost"), ct).ConfigureAwait(false))
            {
                if (line.Answer.Cost is { } cost) costs.Add(cost);
            }

            Print(run.Output, [.. Sums(costs, run.Get(by)!).Select(cost => Priced(cost, table))], table);
            return ExitCodes.Fine;
        });
        return verb;
    }

    private static IEnumerable<CostView> Sums(List<CostView> costs, string by)
    {
        if (by == "pool") return costs.Where(static cost => cost.Method is null);
        return costs.Where(static cost => cost.Method is not null)
            .GroupBy(cost => (cost.Pool, Key: by == "method" ? cost.Method : cost.Tag))
            .Select(group => new CostView(group.Key.Pool, by == "method" ? group.Key.Key : null, by == "tag" ? group.Key.Key : null, group.Sum(static cost => cost.Calls), group.Sum(static cost => cost.Seconds)))
            .OrderByDescending(static cost => cost.Seconds);
    }

    private static PricedView Priced(CostView cost, PriceTable? table)
    {
        var price = table is null ? null : table.PerHour.TryGetValue(cost.Pool, out var own) ? own : table.PerHour.TryGetValue("*", out var any) ? any : (double?)null;
        return new PricedView(cost.Pool, cost.Method, cost.Tag, cost.Calls, cost.Seconds, cost.Seconds / 3600 * price, price is null ? null : table!.Currency);
    }

    private static void Print(ToolOutput output, PricedView[] costs, PriceTable? table)
    {
        var rows = new Rows("POOL", "METHOD", "TAG", ">CALLS", ">SECONDS", ">" + (table?.Currency ?? "MONEY").ToUpperInvariant());
        foreach (var cost in costs)
        {
            if (output.AsJson) output.Object(new ToolAnswer { Cost = cost }, ToolJson.Default.ToolAnswer);
            rows.Add(
                cost.Pool, cost.Method ?? "", cost.Tag ?? "", Words.Number(cost.Calls), cost.Seconds.ToString("0.0", CultureInfo.InvariantCulture),
                cost.Money?.ToString("0.0000", CultureInfo.InvariantCulture) ?? "");
        }

        if (!output.AsJson) output.Table(rows);
    }

    private static async Task<PriceTable> ReadAsync(FileInfo file, CancellationToken ct)
    {
        const string Shape = "It is {\"currency\": \"EUR\", \"perHour\": {\"<pool>\": 1.2, \"*\": 0.1}}.";
        try
        {
            using var stream = file.OpenRead();
            var table = await JsonSerializer.DeserializeAsync(stream, ToolJson.Default.PriceTable, ct).ConfigureAwait(false);
            if (table?.PerHour is not { Count: > 0 } prices || prices.Values.Any(static price => price < 0)) throw new ToolException("FLM5012", $"{file.FullName} has no prices, or negative ones. {Shape}");
            return table with { PerHour = new Dictionary<string, double>(prices, StringComparer.OrdinalIgnoreCase) };
        }
        catch (Exception e) when (e is IOException or JsonException or UnauthorizedAccessException)
        {
            throw new ToolException("FLM5012", $"{file.FullName} cannot be read as a table of prices: {e.Message} {Shape}");
        }
    }
}
