using System.Globalization;
using System.Runtime.InteropServices;

namespace Flame.Benchmarks;

/// <summary>The figures of all rounds, by what was measured and by whom; printed as medians, and as ratios of ours to everybody else.</summary>
internal sealed class Report
{
    private readonly List<Figure> _figures = [];
    private bool _headed;

    /// <summary>Takes a figure.</summary>
    /// <param name="what">What was measured.</param>
    /// <param name="unit">In what.</param>
    /// <param name="name">Whose it is.</param>
    /// <param name="peer">With whom it is compared first of all; the same name: it is nobody's of ours.</param>
    /// <param name="value">The figure.</param>
    public void Add(string what, string unit, string name, string peer, double value) => _figures.Add(new Figure(what, unit, name, peer, value));

    /// <summary>Prints the tables that were not printed yet, in markdown.</summary>
    public void Print(TextWriter output)
    {
        if (!_headed)
        {
            output.WriteLine($"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}, {Environment.ProcessorCount} cores");
            output.WriteLine("Medians of interleaved rounds (lowest – highest). Ratios are those of single rounds: their median (lowest – highest).");
            _headed = true;
        }

        foreach (var what in _figures.GroupBy(f => f.What)) Print(output, [.. what]);
        _figures.Clear();
    }

    private static void Print(TextWriter output, Figure[] figures)
    {
        var names = figures.Select(f => f.Name).Distinct().ToArray();
        var ours = figures.Where(f => f.Peer != f.Name).Select(f => f.Name).Distinct().ToArray();
        output.WriteLine();
        output.WriteLine($"| {figures[0].What}, {figures[0].Unit} | median | lowest – highest |{string.Concat(ours.Select(our => $" {our} is |"))}");
        output.WriteLine($"|---|---:|---:|{string.Concat(ours.Select(_ => "---:|"))}");
        foreach (var name in names)
        {
            var values = Values(figures, name);
            var ratios = ours.Select(our => our == name ? " |" : $" × {Ratio(Values(figures, our), values)} |");
            output.WriteLine($"| {name} | {Text(Median(values))} | {Text(values.Min())} – {Text(values.Max())} |{string.Concat(ratios)}");
        }
    }

    private static string Ratio(double[] ours, double[] others)
    {
        var ratios = ours.Zip(others, (our, other) => our / other).ToArray();
        return string.Create(CultureInfo.InvariantCulture, $"{Median(ratios):0.00} ({ratios.Min():0.00} – {ratios.Max():0.00})");
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
