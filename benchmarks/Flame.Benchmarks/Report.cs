using System.Globalization;
using System.Runtime.InteropServices;

namespace Flame.Benchmarks;

/// <summary>The figures of all rounds, by what was measured and by whom; printed as medians and as ratios to the peer.</summary>
internal sealed class Report
{
    private readonly List<Figure> _figures = [];
    private bool _headed;

    public void Add(string what, string unit, Contender contender, double value) => Add(what, unit, contender.Name, contender.Peer, value);

    public void Add(string what, string unit, string name, string peer, double value) => _figures.Add(new Figure(what, unit, name, peer, value));

    /// <summary>Prints the tables that were not printed yet, in markdown.</summary>
    public void Print(TextWriter output)
    {
        if (!_headed) output.WriteLine($"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}, {Environment.ProcessorCount} cores");
        if (!_headed) output.WriteLine("Medians of interleaved rounds (lowest – highest). The ratio is the median of the rounds' own ratios to the peer.");
        _headed = true;
        foreach (var what in _figures.GroupBy(f => f.What))
        {
            output.WriteLine();
            output.WriteLine($"| {what.Key + ", " + what.First().Unit} | median | lowest – highest | ratio |");
            output.WriteLine("|---|---:|---:|---:|");
            foreach (var contender in what.GroupBy(f => f.Name)) output.WriteLine(Row(contender.Key, contender.First().Peer, what));
        }

        _figures.Clear();
    }

    private static string Row(string name, string peer, IEnumerable<Figure> figures)
    {
        var values = Values(figures, name);
        var ratio = name == peer
            ? ""
            : string.Create(CultureInfo.InvariantCulture, $"× {Median(values.Zip(Values(figures, peer), (value, by) => value / by)):0.00}");
        return string.Create(CultureInfo.InvariantCulture, $"| {name} | {Text(Median(values))} | {Text(values.Min())} – {Text(values.Max())} | {ratio} |");
    }

    private static string Text(double value) => value.ToString(value < 100 ? "0.0" : "#,0", CultureInfo.InvariantCulture);

    private static double[] Values(IEnumerable<Figure> figures, string name) => [.. figures.Where(f => f.Name == name).Select(f => f.Value)];

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }

    private readonly record struct Figure(string What, string Unit, string Name, string Peer, double Value);
}
