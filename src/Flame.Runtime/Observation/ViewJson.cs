using System.Text.Json.Serialization;

namespace Flame.Observation;

/// <summary>How views travel to a page or a terminal.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ProcessView))]
[JsonSerializable(typeof(CallView[]))]
[JsonSerializable(typeof(ArgumentView[]))]
[JsonSerializable(typeof(LineView[]))]
[JsonSerializable(typeof(CurvesView))]
[JsonSerializable(typeof(CostView[]))]
[JsonSerializable(typeof(OptionView[]))]
[JsonSerializable(typeof(PoolMoment[]))]
internal sealed partial class ViewJson : JsonSerializerContext;
