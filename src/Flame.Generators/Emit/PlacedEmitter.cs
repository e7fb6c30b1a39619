using Flame.Generators.Model;
using Flame.Generators.Parsing;

namespace Flame.Generators.Emit;

/// <summary>The methods that the handle of a placed object has, and the executor's side of each.</summary>
internal static class PlacedEmitter
{
    public static string EmitHandle(TypeModel type)
    {
        var w = SourceWriter.ForGeneratedFile(type.Name.Namespace);
        w.Lines($"""
            /// <summary>The methods of <see cref="{type.Name.FullName}"/> on the handle of one that is placed in an executor.</summary>
            {Names.GeneratedCode}
            """);
        using (w.Block($"{(type.Name.IsPublic ? "public" : "internal")} static class {type.Name.Identifier}OnHandle"))
        {
            foreach (var method in type.Methods) EmitMethod(w, type, method);
        }

        return w.ToString();
    }

    public static string EmitMethods(TypeModel type)
    {
        var w = SourceWriter.ForGeneratedFile(KnownNames.GeneratedNamespace);
        w.Lines(Names.GeneratedCode);
        using (w.Block($"internal static class {Names.PlacedMethods(type.Name)}"))
        {
            foreach (var method in type.Methods)
            {
                using (w.Block($"internal static class {Names.CallClass(type, method)}")) MethodsEmitter.EmitCall(w, method, $"call.Target<{type.Name.FullName}>()");
            }
        }

        return w.ToString();
    }

    private static void EmitMethod(SourceWriter w, TypeModel type, MethodModel method)
    {
        var call = $"global::{KnownNames.GeneratedNamespace}.{Names.PlacedMethods(type.Name)}.{Names.CallClass(type, method)}";
        var isNow = method.Shape is ReturnShape.Nothing or ReturnShape.Value;
        var returned = "global::System.Threading.Tasks.Task" + (method.Result is { } result ? $"<{result.Declared}>" : "");
        var declared = string.Concat(method.Passed.Select(p => ", " + p.Declaration));
        var here = $"here.{method.Name}({string.Join(", ", method.Parameters.Select(p => p.Role == ParameterRole.Service ? "null!" : p.Name))})";
        var types = $"{type.Name.FullName}, {call}.Arguments, {call}.Arguments" + (method.Result is { } sent ? $", {sent.Declared}, {call}.Result" : "");
        var remote = $"{Names.Contract}ObjectCalls.CallAsync<{types}>(placed, {call}.Row, new({string.Join(", ", method.Sent.Select(p => p.Name))}), {method.Token})";

        w.Lines($"/// <inheritdoc cref=\"{method.DocumentationId}\"/>");
        using (w.Block($"{(method.IsPublic ? "public" : "internal")} static {(isNow ? "async " : "")}{returned} {method.Name}(this global::Flame.FlameObject<{type.Name.FullName}> placed{declared})"))
        {
            if (isNow) EmitNow(w, method, here, remote);
            else w.Lines($"return {Names.Contract}ObjectCalls.Here(placed) is {{ }} here ? {here}{(method.Shape is ReturnShape.ValueTask or ReturnShape.ValueTaskOf ? ".AsTask()" : "")} : {remote};");
        }

        w.Gap();
    }

    // On the handle it is a task, of which nothing may be thrown before.
    private static void EmitNow(SourceWriter w, MethodModel method, string here, string remote)
    {
        using (w.Block($"if ({Names.Contract}ObjectCalls.Here(placed) is {{ }} here)")) w.Lines(method.Result is null ? $"{here};\nreturn;" : $"return {here};");
        w.Lines($"{(method.Result is null ? "" : "return ")}await {remote}.ConfigureAwait(false);");
    }
}
