using Flame.Observation;
namespace Flame.Control;
internal static class KnobsStandIn
{
    public static OptionView[] Explain(this FlamePools pools, string pool) => [new OptionView("Max", pools[pool].Options.Max.ToString(System.Globalization.CultureInfo.InvariantCulture), "default", true)];
    public static string[] Set(this FlamePools pools, string pool, IReadOnlyDictionary<string, string> values) { pools[pool].Options.Max = int.Parse(values["Max"], System.Globalization.CultureInfo.InvariantCulture); return []; }
    public static void DrainExecutors(this FlamePools pools, string pool) => _ = pools[pool];
}
