using Flame.Wire;

namespace Flame.CodeSync;

/// <summary>What a stock executor says of itself: it has no program yet, and what one could be made for.</summary>
/// <param name="Rid">Its kind of machine: <c>linux-x64</c>, <c>linux-musl-arm64</c>.</param>
/// <param name="Frameworks">The frameworks that it has: <c>Microsoft.NETCore.App 10.0.1</c>.</param>
internal sealed record StockFacts(string Rid, IReadOnlyList<string> Frameworks)
{
    private const int Most = 100;

    public void Write(BodyWriter body)
    {
        body.Text(Rid).Int32(Frameworks.Count);
        foreach (var framework in Frameworks) body.Text(framework);
    }

    /// <returns><see langword="null"/>: it is no stock executor.</returns>
    public static StockFacts? Read(ref BodyReader body)
    {
        var (rid, count) = (body.Text(), body.Int32());
        if (count is < 0 or > Most) throw new WireException($"{count} frameworks were announced");
        var frameworks = new List<string>();
        for (; count > 0; count--) frameworks.Add(body.Text());
        return rid.Length == 0 ? null : new StockFacts(rid, frameworks);
    }

    public static void WriteNone(BodyWriter body) => body.Text("").Int32(0);

    /// <summary>The kinds of machine whose native files it can use, the nearest first, as the framework's own table of portable kinds has it.</summary>
    public static IReadOnlyList<string> Fallbacks(string rid)
    {
        if (rid.Split('-') is not [var system, .., var processor]) return [rid, "any"];
        return system switch
        {
            "linux" when rid.Contains("-musl-", StringComparison.Ordinal) => [rid, "linux-musl", $"linux-{processor}", "linux", $"unix-{processor}", "unix", "any"],
            "linux" or "osx" or "freebsd" => [rid, system, $"unix-{processor}", "unix", "any"],
            _ => [rid, system, "any"],
        };
    }
}
