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
            : "captured.Name" + string.Concat(block.Sent.Select(i => ", " + Sent(block, i, generated)));
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
            var inPlace = block is { Item: null, Placed: null } ? $"flame.{site.Method}({passed})" : $"{site.Declarer}.{site.Method}(flame, {passed})";
            w.Lines($"if ({Names.Contract}BlockCalls.RunInPlace(flame)) return {inPlace};");
            if (block.OpenResult || block.OpenArguments) w.Lines($"{Names.Contract}OpenBlocks.Demand();");
            w.Lines($"var captured = {generated}.Site.Capture(block);");
            if (block.Placed is { } placed)
            {
                w.Lines($"""
                    return {Names.Contract}ObjectCalls.PlaceAsync<{types}, {placed}>(
                        flame, pool, {generated}.Row, ({Placing.Names}) => new({values}, {Placing.Names}), options, ct);
                    """);
            }
            else if (block.Item is null) w.Lines($"return {Call(site.Method, "ct")};");
            else EmitMapping(w, site, block);
        }

        string Call(string method, string token) => $"""
            {Names.Contract}BlockCalls.{method}<{types}>(
                flame, pool, {generated}.Row, new({values}), {token}{Captured(block, CaptureKind.Token)})
            """;

        // What is captured is copied once, here; what is lent is lent to each call.
        void EmitMapping(SourceWriter w, BlockSiteModel site, BlockModel block)
        {
            foreach (var i in block.Sent) w.Lines($"var {BlockEmitter.Argument(i)} = captured.Get<{block.Captures[i].Type}>({i});");
            values = string.Concat("captured.Name", string.Concat(block.Sent.Select(i => ", " + Sent(block, i, generated, BlockEmitter.Argument(i)))), ", item");
            var rest = string.Concat(site.Parameters.SkipWhile(p => p.Name != "block").Skip(1).Select(p => ", " + p.Name));
            w.Lines($"return {Names.Contract}BlockMaps.{site.Method}(flame, pool, items, (item, token) => {Call("CallAsync", "token")}{rest});");
        }
    }

    private static string Sent(BlockModel block, int index, string generated, string? known = null)
    {
        var capture = block.Captures[index];
        var value = known ?? $"captured.Get<{capture.Type}>({index})";
        if (capture.Live is not { } live) return value;
        var form = MethodsEmitter.LiveForm(live.Role, live.Element, $"{generated}.{Names.Element(block.ChannelOf(index))}");
        return $"{PayloadModel.OfLive.Type}.{form}({Names.Literal(live.Name)}, {value})";
    }

    private static string Captured(BlockModel block, CaptureKind kind) => string.Concat(
        block.Captures.Select((c, i) => c.Kind == kind ? $", captured.Get<{c.Type}>({i})" : ""));
}
