using System.Globalization;
using System.Runtime.InteropServices;

namespace Flame.Benchmarks;

/// <summary>The figures of all rounds, by what was measured and by whom; printed as medians and as ratios to the peer.</summary>
internal sealed class Report
{
    private readonly List<(string What, string Unit, string Contender, double Value)> _figures = [];

    public void Add(string what, string unit, string contender, double value) => _figures.Add((what, unit, contender, value));

    public void Print(TextWriter output)
    {
        output.WriteLine($"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}, {Environment.ProcessorCount} cores");
        output.WriteLine("Medians of interleaved rounds [lowest – highest]. The ratio is the median of the rounds' own ratios to the first row.");
        foreach (var what in _figures.GroupBy(f => f.What))
        {
            output.WriteLine();
            output.WriteLine($"{what.Key} ({what.First().Unit})");
            var peer = what.First().Contender;
            var yardstick = Values(what, peer);
            foreach (var contender in what.Select(f => f.Contender).Distinct())
            {
                var values = Values(what, contender);
                var ratios = values.Zip(yardstick, (value, by) => value / by);
                output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"  {contender,-36} {Median(values),12:#,0.#}   [{values.Min(),10:#,0.#} – {values.Max(),10:#,0.#}]   {(contender == peer ? "" : $"× {Median(ratios):0.00}")}"));
            }
        }
    }

    private static double[] Values(IEnumerable<(string What, string Unit, string Contender, double Value)> figures, string contender) =>
        [.. figures.Where(f => f.Contender == contender).Select(f => f.Value)];

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }
}
