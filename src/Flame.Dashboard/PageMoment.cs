using System.Text.Json.Serialization;
using Flame.Observation;

namespace Flame.Dashboard;

/// <summary>What a page is told at once.</summary>
/// <param name="Process">The pools and their executors.</param>
/// <param name="Running">Calls that run.</param>
/// <param name="Failed">Those that failed lately.</param>
/// <param name="Recent">The newest of all.</param>
/// <param name="Curves">What came to curves; of a whole picture all of them.</param>
/// <param name="History">Of a whole picture: what pools had before, by name.</param>
/// <param name="AllowActions">Whether the page may change something.</param>
/// <param name="ShowArguments">Whether arguments are given to who asks.</param>
internal sealed record PageMoment(
    ProcessView Process, CallView[] Running, CallView[] Failed, CallView[] Recent, CurvesView Curves, Dictionary<string, PoolMoment[]>? History, bool AllowActions, bool ShowArguments);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PageMoment))]
internal sealed partial class PageJson : JsonSerializerContext;
