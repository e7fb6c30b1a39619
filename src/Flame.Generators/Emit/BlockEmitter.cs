using Flame.Generators.Model;
using Flame.Generators.Parsing;

namespace Flame.Generators.Emit;

/// <summary>What both sides know of each block of an assembly: its row, its codecs, where its captured values lie, and the executor's side of the call.</summary>
internal static class BlockEmitter
{
    private static readonly PayloadModel Name = new("string", false, PayloadKind.String, EquatableArray<PayloadModel>.Empty, null);

    public static string Emit(string assembly, IEnumerable<BlockModel> blocks)
    {
        var w = SourceWriter.ForGeneratedFile();
        w.Lines($"namespace {KnownNames.GeneratedNamespace};");
        w.Gap();
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

    private static void EmitBlock(SourceWriter w, BlockModel block)
    {
        var streams = block.Shape == BlockShape.Stream ? " { Streams = true }" : "";
        var pool = block.Pool is null ? "null" : Names.Literal(block.Pool);
        var places = string.Concat(block.Captures.Select(c => ", " + Names.Literal(c.Place)));
        w.Lines($"""
            internal static readonly {Names.RemoteMethod} Row =
                new(0x{block.Id:x16}UL, {Names.Literal(block.Shown)}, {pool}, InvokeAsync){streams};

            internal static readonly {Names.Contract}BlockSite Site = new(typeof({block.Name}).Assembly{places});
            """);
        w.Gap();
        EmitInvoker(w, block);
        var payloads = new PayloadEmitter();
        CodecEmitter.EmitArguments(
            w, [("block", Name), .. block.Captures.Select((c, i) => (Argument(i), c.Payload)).Where(c => c.Payload is not null).Select(c => (c.Item1, c.Payload!))], payloads);
        if (block.Result is { } result) CodecEmitter.EmitResult(w, result, payloads);
        payloads.EmitShapes(w);
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
            w.Lines("var arguments = call.ReadArguments<Arguments, Arguments>();");
            w.Lines("var block = Site.Restore(arguments.block);");
            var captures = block.Captures.ToArray();
            for (var i = 0; i < captures.Length; i++) w.Lines($"block.Set<{captures[i].Type}>({i}, {Value(captures[i], i)});");
            var run = $"block.As<{block.Delegate}>()({(block.TakesToken ? "call.CancellationToken" : "")})";
            w.Lines(block switch
            {
                { Shape: BlockShape.Stream, Result: { } item } => $"await call.WriteItemsAsync<{item.Declared}, Result>({run}).ConfigureAwait(false);",
                { Shape: BlockShape.TaskOf, Result: { } result } => $"call.WriteResult<{result.Declared}, Result>(await {run}.ConfigureAwait(false));",
                { Shape: BlockShape.Value, Result: { } result } => $"call.WriteResult<{result.Declared}, Result>({run});",
                { Shape: BlockShape.Task } => $"await {run}.ConfigureAwait(false);",
                _ => $"{run};",
            });
            if (!awaits) w.Lines("return default;");
        }
    }

    private static string Value(CaptureModel capture, int index) => capture.Kind switch
    {
        CaptureKind.Payload => "arguments." + Argument(index),
        CaptureKind.Token => "call.CancellationToken",
        CaptureKind.Flame => "call.Flame",
        _ => $"call.Service<{capture.Type}>()",
    };
}
