using System.Globalization;

namespace Flame.Benchmarks;

/// <summary>What more executors bring to calls that do nothing: with as many calls in flight as before, and with more.</summary>
internal sealed class Executors : IRounds
{
    private const int InFlight = 64;

    private readonly FlamePools[] _sizes;

    private Executors(FlamePools[] sizes) => _sizes = sizes;

    public static async Task<IRounds> StartAsync() => new Executors(await Task.WhenAll(FlamePoolsOf.Sizes.Select(FlamePoolsOf.OfSizeAsync)));

    public async Task RoundAsync(Report? report, TimeSpan time)
    {
        foreach (var isForEach in (bool[])[false, true])
        {
            for (var i = 0; i < _sizes.Length; i++)
            {
                using var here = _sizes[i].Use();
                var executors = FlamePoolsOf.Sizes[i];
                var inFlight = isForEach ? InFlight * executors : InFlight;
                var (perSecond, _) = await Load.CallsAsync(request => Echo.OverSocketAsync(request), (int)(150_000 * time.TotalSeconds), inFlight);
                report?.Add(isForEach ? $"as executors grow, {InFlight} in flight for each" : $"as executors grow, {InFlight} in flight in all", "calls per second", Name(executors), Name(FlamePoolsOf.Sizes[0]), perSecond);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var pools in _sizes) await pools.DisposeAsync();
    }

    private static string Name(int executors) => string.Create(CultureInfo.InvariantCulture, $"{executors} executor{(executors == 1 ? "" : "s")}");
}
