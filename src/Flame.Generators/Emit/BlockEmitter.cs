using Flame.Generators.Model;
using Flame.Generators.Parsing;

namespace Flame.Generators.Emit;

/// <summary>What both sides know of each block of an assembly: its row, its codecs, where its captured values lie, and the executor's side of the call.</summary>
internal static class BlockEmitter
{
    private static readonly PayloadModel Name = new("string", false, PayloadKind.String, EquatableArray<PayloadModel>.Empty, null);

    public static string Emit(string assembly, IEnumerable<BlockModel> blocks)
    {
        var w = SourceWriter.ForGeneratedFile(KnownNames.GeneratedNamespace);
        w.Lines(Names.GeneratedCode);
        using (w.Block($"internal static class {Names.Blocks(assembly)}"))
        {
            foreach (var block in blocks)
            {
                using (w.Block($"internal static class {block.Name}")) EmitBlock(w, block);
            }
        }

        return w.ToString();
    }

    /// <summary>The name of a captured value among the arguments.</summary>
    public static string Argument(int index) => "value" + index;

    /// <summary>The type of the tuple of captured values.</summary>
    public static string Arguments(BlockModel block, string prefix) =>
        block.OpenArguments ? $"{Names.Contract}OpenArguments<{prefix}Open>" : prefix + "Arguments";

    private static void EmitBlock(SourceWriter w, BlockModel block)
    {
        var streams = block.Shape == BlockShape.Stream || block.Placed is not null;
        var pool = block.Pool is null ? "null" : Names.Literal(block.Pool);
        var places = string.Concat(block.Captures.Select(c => ", " + Names.Literal(c.Place)));
        w.Lines($"""
            internal static readonly {Names.RemoteMethod} Row =
                new(0x{block.Id:x16}UL, {Names.Literal(block.Shown)}, {pool}, InvokeAsync){MethodsEmitter.Members(block.Idempotent && !streams, streams, block.Placed is null ? block.TimeoutTicks : null)};

            internal static readonly {Names.Contract}BlockSite Site = new(typeof({block.Name}).Assembly{places});
            """);
        w.Gap();
        EmitInvoker(w, block);
        var payloads = new PayloadEmitter();
        if (block.OpenArguments) EmitOpenSite(w);
        else CodecEmitter.EmitArguments(w, [("block", Name), .. block.Sent.Select(i => (Argument(i), block.Captures[i].Payload!)), .. Items(block)], payloads);
        if (block.Result is { } result) CodecEmitter.EmitValue(w, "Result", result, payloads);
        foreach (var i in block.Sent)
        {
            if (block.Captures[i].Live?.Element is { } element) CodecEmitter.EmitValue(w, Names.Element(block.ChannelOf(i)), element, payloads);
        }

        payloads.EmitShapes(w);
    }

    private static (string Name, PayloadModel Payload)[] Items(BlockModel block) => block switch
    {
        { Item: { } item } => [("item", item)],
        { Placed: not null } => Placing.Arguments,
        _ => [],
    };

    private static void EmitOpenSite(SourceWriter w)
    {
        w.Gap();
        using (w.Block($"internal readonly struct Open : {Names.Contract}IOpenBlock"))
        {
            w.Lines($"static {Names.Contract}BlockSite {Names.Contract}IOpenBlock.Site => Site;");
        }
    }

    private static void EmitInvoker(SourceWriter w, BlockModel block)
    {
        // The block and its closures are found by their names.
        const string all = "global::System.Diagnostics.CodeAnalysis.DynamicallyAccessedMemberTypes.All";
        foreach (var type in block.Keeps)
            w.Lines($"[global::System.Diagnostics.CodeAnalysis.DynamicDependency({all}, {Names.Literal(type.DocumentationId)}, {Names.Literal(type.Assembly)})]");
        var awaits = block.Shape is BlockShape.Task or BlockShape.TaskOf or BlockShape.Stream;
        using (w.Block($"private static {(awaits ? "async " : "")}{Names.ValueTask} InvokeAsync({Names.Invocation} call)"))
        {
            EmitRestore(w, block);
            string[] passed = [.. block.TakesServices ? ["call.Services"] : block.Item is null ? Array.Empty<string>() : ["arguments.item"], .. block.TakesToken ? ["call.CancellationToken"] : Array.Empty<string>()];
            var run = $"block.As<{block.Delegate}>()({string.Join(", ", passed)})";
            if (block.Placed is not null)
            {
                EmitPlacing(w, block, run);
                return;
            }

            w.Lines(block switch
            {
                { OpenResult: true } => $"{(awaits ? "await" : "return")} {Names.Contract}OpenBlocks.RunAsync(call, block){(awaits ? ".ConfigureAwait(false)" : "")};",
                { Shape: BlockShape.Stream, Result: { } item } => $"await call.WriteItemsAsync<{item.Declared}, Result>({run}).ConfigureAwait(false);",
                { Shape: BlockShape.TaskOf, Result: { } result } => $"call.WriteResult<{result.Declared}, Result>(await {run}.ConfigureAwait(false));",
                { Shape: BlockShape.Value, Result: { } result } => $"call.WriteResult<{result.Declared}, Result>({run});",
                { Shape: BlockShape.Task } => $"await {run}.ConfigureAwait(false);",
                _ => $"{run};",
            });
            if (!awaits && !block.OpenResult) w.Lines("return default;");
        }
    }

    private static void EmitPlacing(SourceWriter w, BlockModel block, string run)
    {
        var channel = block.ChannelOf(block.Captures.Count);
        w.Lines(block.Shape == BlockShape.Value
            ? $"return {Placing.Keep(run, channel)};"
            : $"await {Placing.Keep($"await {run}.ConfigureAwait(false)", channel)}.ConfigureAwait(false);");
    }

    private static void EmitRestore(SourceWriter w, BlockModel block)
    {
        var arguments = Arguments(block, "");
        w.Lines($"var arguments = call.ReadArguments<{arguments}, {arguments}>();");
        w.Lines(block.OpenArguments ? "var block = arguments.Block;" : "var block = Site.Restore(arguments.block);");
        var captures = block.Captures.ToArray();
        for (var i = 0; i < captures.Length; i++)
        {
            var isThere = block.OpenArguments && captures[i].Kind is CaptureKind.Payload or CaptureKind.Open;
            if (!isThere) w.Lines($"block.Set<{captures[i].Type}>({i}, {Value(block, i)});");
        }
    }

    private static string Value(BlockModel block, int index) => block.Captures[index].Kind switch
    {
        CaptureKind.Payload => "arguments." + Argument(index),
        CaptureKind.Live => Live(block, index),
        CaptureKind.Token => "call.CancellationToken",
        CaptureKind.Flame => "call.Flame",
        _ => $"call.Service<{block.Captures[index].Type}>()",
    };

    private static string Live(BlockModel block, int index)
    {
        var (live, channel) = (block.Captures[index].Live!, block.ChannelOf(index));
        return $"call.{MethodsEmitter.LiveForm(live.Role, live.Element, Names.Element(channel))}({channel}, {Names.Literal(live.Name)}, arguments.{Argument(index)})!";
    }
}
