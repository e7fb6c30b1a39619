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
        var arguments = BlockEmitter.Arguments(block, generated + ".");
        var values = block.OpenArguments
            ? $"captured{string.Concat(block.Sent.Select(i => $", {i}"))}"
            : "captured.Name" + Captured(block, CaptureKind.Payload);
        var open = site.Generic.Trim('<', '>');
        var types = $"{arguments}, {arguments}" + (block switch
        {
            { OpenResult: true } => $", {open}, {Names.Contract}OpenCodec<{open}>",
            { Result: { } result } => $", {result.Declared}, {generated}.Result",
            _ => "",
        });

        w.Lines(InterceptorEmitter.Location(site.Version, site.Data, site.Display));
        using (w.Block($"internal static {site.ReturnType} {site.Method}{number}{site.Generic}(this global::Flame.FlameCaller flame{declared})"))
        {
            w.Lines($"if ({Names.RemoteCalls}.RunLocally) return flame.{site.Method}({passed});");
            if (block.OpenResult || block.OpenArguments) w.Lines($"{Names.Contract}OpenBlocks.Demand();");
            w.Lines($"var captured = {generated}.Site.Capture(block);");
            w.Lines($"""
                return {Names.Contract}BlockCalls.{site.Method}<{types}>(
                    flame, pool, {generated}.Row, new({values}), ct{Captured(block, CaptureKind.Token)});
                """);
        }
    }

    private static string Captured(BlockModel block, CaptureKind kind) => string.Concat(
        block.Captures.Select((c, i) => c.Kind == kind ? $", captured.Get<{c.Type}>({i})" : ""));
}
