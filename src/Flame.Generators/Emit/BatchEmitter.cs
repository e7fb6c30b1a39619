using Flame.Generators.Model;

namespace Flame.Generators.Emit;

/// <summary>The form of a batched method for one item, and what it knows of the method.</summary>
internal static class BatchEmitter
{
    public static void EmitRow(SourceWriter w, MethodModel method, BatchModel batch)
    {
        var type = $"{Names.Contract}BatchedMethod<Arguments, Arguments, {ItemOf(method.Parameters[0].Payload!)}, {ItemOf(method.Result!)}, Result>";
        w.Gap();
        w.Lines($"internal static readonly {type} Batch =");
        w.Lines($"    new(Row, {batch.Max}, new global::System.TimeSpan({batch.WaitTicks}L), static items => new Arguments(items));");
    }

    /// <summary>The parameters of a direct call, with an item in place of the items.</summary>
    public static (string Declaration, string Body) Form(TypeModel type, MethodModel method)
    {
        var (items, others) = (method.Parameters[0], method.Parameters.Skip(1).ToArray());
        var item = others.Any(p => p.Name == "item") ? items.Name : "item";
        var call = Names.CallClassFullName(type, method) + ".Batch";
        var target = method.IsStatic ? method.Type.FullName : "receiver";
        var inPlace = string.Join(", ", others.Select(p => p.Name).Prepend($"new {items.Payload!.Type} {{ {item} }}"));
        var asTask = method.Shape == ReturnShape.ValueTaskOf ? ".AsTask()" : "";
        var declared = new[] { $"{ItemOf(items.Payload)} {item}" }.Concat(others.Select(p => p.Declaration));
        return (
            $"global::System.Threading.Tasks.Task<{ItemOf(method.Result!)}> {method.Name}({string.Join(", ", declared)})",
            $"""
            {Names.RemoteCalls}.RunLocally
                ? {call}.OnlyAsync({target}.{method.Name}({inPlace}){asTask})
                : {Names.RemoteCalls}.BatchAsync({call}, {item}, {method.Token})
            """.Replace("\n    ", "\n        "));
    }

    private static string ItemOf(PayloadModel array) => array.Parts[0].Declared;
}
