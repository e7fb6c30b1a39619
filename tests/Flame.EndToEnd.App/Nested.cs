namespace Flame.EndToEnd.App;

/// <summary>What executors run on executors of their own.</summary>
internal static class Nested
{
    /// <summary>The executor that runs it and its process, and so on below it.</summary>
    [Flame(Pool = "main")]
    public static async Task<string> ChainAsync(int below) =>
        $"{FlameParent.Current!.Executor}:{Environment.ProcessId}" + (below == 0 ? "" : $" {await Nested.Remote.ChainAsync(below - 1)}");

    /// <summary>Where a plain call, a block, and a block that is sent run.</summary>
    [Flame(Pool = "main")]
    public static async Task<string> PlacesAsync([FromServices] FlamePools flame) => string.Join(
        ' ',
        await ChainAsync(0),
        await flame.CallAsync("main", () => $"{FlameParent.Current!.Executor}:{Environment.ProcessId}"),
        await flame.Remote.CallAsync("main", () => FlameParent.Current!.Executor));

    /// <summary>Stays here and on an executor of its own, and so on; the last one has a child. Without heed none sees its token.</summary>
    [Flame(Pool = "main")]
    public static async Task<int> HoldAsync(int below, int port, bool heed, CancellationToken ct)
    {
        var token = heed ? ct : default;
        await Task.WhenAll(
            Gates.PassAsync(port, token),
            below == 1 ? Gates.Remote.PassWithChildAsync(port, heed, token) : Nested.Remote.HoldAsync(below - 1, port, heed, token));
        return below;
    }

    /// <summary>Leaves a call behind that goes on.</summary>
    [Flame(Pool = "main")]
    public static async Task<int> HandOverAsync(int port, string file)
    {
        await Gates.Cast.PassAndWriteAsync(port, file, default);
        return Environment.ProcessId;
    }
}
