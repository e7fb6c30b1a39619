using Flame.Generators.Model;
using Flame.Generators.Parsing;

namespace Flame.Generators.Emit;

/// <summary>Turns the calls that hand over a block into ones that send it, except where it must run in place. It changes with every edit.</summary>
internal static class BlockInterceptorEmitter
{
    public static void Emit(SourceWriter w, string assembly, IEnumerable<BlockSiteModel> sites)
    {
        var number = 0;
        foreach (var site in sites.OrderBy(s => s.Block.Name, StringComparer.Ordinal)) EmitInterceptor(w, assembly, site, ++number);
    }

    private static void EmitInterceptor(SourceWriter w, string assembly, BlockSiteModel site, int number)
    {
        var block = site.Block;
        var generated = $"{Names.Blocks(assembly)}.{block.Name}";
        var declared = string.Concat(site.Parameters.Select(p => $", {p.Type} {p.Name}"));
        var passed = string.Join(", ", site.Parameters.Select(p => p.Name));
        var types = $"{generated}.Arguments, {generated}.Arguments" + (block.Result is { } result ? $", {result.Declared}, {generated}.Result" : "");

        w.Lines(InterceptorEmitter.Location(site.Version, site.Data, site.Display));
        using (w.Block($"internal static {site.ReturnType} {site.Method}{number}(this global::Flame.FlameCaller flame{declared})"))
        {
            w.Lines($"""
                if ({Names.RemoteCalls}.RunLocally) return flame.{site.Method}({passed});
                var captured = {generated}.Site.Capture(block);
                return {Names.Contract}BlockCalls.{site.Method}<{types}>(
                    flame, pool, {generated}.Row, new(captured.Name{Captured(block, CaptureKind.Payload)}), ct{Captured(block, CaptureKind.Token)});
                """);
        }
    }

    private static string Captured(BlockModel block, CaptureKind kind) => string.Concat(
        block.Captures.Select((c, i) => c.Kind == kind ? $", captured.Get<{c.Type}>({i})" : ""));
}
