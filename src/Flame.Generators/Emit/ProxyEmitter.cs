using Flame.Generators.Model;

namespace Flame.Generators.Emit;

/// <summary>The explicit forms of a class's marked methods: <c>.Remote</c>, <c>.Local</c>, <c>.Cast</c> and <c>.Batched</c>.</summary>
internal static class ProxyEmitter
{
    public static string Emit(TypeModel type)
    {
        var w = SourceWriter.ForGeneratedFile();
        if (type.Name.Namespace.Length > 0)
        {
            w.Lines($"namespace {type.Name.Namespace};");
            w.Gap();
        }

        foreach (var group in type.Methods.GroupBy(m => m.IsStatic).OrderByDescending(g => g.Key))
            EmitExtension(w, type, [.. group], group.Key);
        return w.ToString();
    }

    private static void EmitExtension(SourceWriter w, TypeModel type, MethodModel[] methods, bool isStatic)
    {
        var access = type.Name.IsPublic ? "public" : "internal";
        var batched = methods.Where(m => m.Batch is not null).ToArray();
        var casts = methods.Where(m => m.Shape != ReturnShape.Stream).ToArray();

        var (receiver, constructor) = isStatic ? ("default", "") : ("new(receiver)", $"({type.Name.FullName} receiver)");
        w.Lines($"""
            /// <summary>The explicit forms of the marked methods of <see cref="{type.Name.FullName}"/>.</summary>
            {Names.GeneratedCode}
            """);
        using (w.Block($"{access} static class {Names.Extension(type.Name, isStatic)}"))
        {
            using (w.Block($"extension({type.Name.FullName}{(isStatic ? "" : " receiver")})"))
            {
                EmitForm(w, "Remote", "Always on the pool.", isStatic, "default");
                EmitForm(w, "Local", "Always in place.", isStatic, receiver);
                if (casts.Length > 0) EmitForm(w, "Cast", "Handed to the pool, and not waited for.", isStatic, "default");
                if (batched.Length > 0) EmitForm(w, "Batched", "For one item, sent with those of other callers.", isStatic, receiver);
            }

            EmitStruct(w, "Remote", methods, m => Remote(type, m), "");
            EmitStruct(w, "Local", methods, Local, constructor);
            if (casts.Length > 0) EmitStruct(w, "Cast", casts, m => Cast(type, m), "");
            if (batched.Length > 0) EmitStruct(w, "Batched", batched, m => BatchEmitter.Form(type, m), constructor);
        }
    }

    private static void EmitForm(SourceWriter w, string name, string summary, bool isStatic, string value) =>
        w.Lines($"""
            /// <summary>{summary}</summary>
            public {(isStatic ? "static " : "")}{name}Methods {name} => {value};
            """);

    private static void EmitStruct(
        SourceWriter w, string name, MethodModel[] methods, Func<MethodModel, (string Declaration, string Body)> form, string constructor)
    {
        w.Lines($"/// <summary>See {name}.</summary>");
        using (w.Block($"public readonly struct {name}Methods{constructor}"))
        {
            foreach (var method in methods)
            {
                var (declaration, body) = form(method);
                w.Lines($"""
                    /// <inheritdoc cref="{method.DocumentationId}"/>
                    {(method.IsPublic ? "public" : "internal")} {declaration} =>
                        {body};
                    """);
                w.Gap();
            }
        }
    }

    private static (string Declaration, string Body) Remote(TypeModel type, MethodModel method)
    {
        var call = Names.CallClassFullName(type, method);
        var entry = method.Shape == ReturnShape.Stream ? "StreamAsync" : "CallAsync";
        var types = $"{call}.Arguments, {call}.Arguments" + (method.Result is { } result ? $", {result.Declared}, {call}.Result" : "");
        var asTask = method.Shape is ReturnShape.Task or ReturnShape.TaskOf ? ".AsTask()" : "";
        return (
            $"{method.ReturnType} {method.Name}({Declared(method.Passed)})",
            $"{Names.RemoteCalls}.{entry}<{types}>({call}.Row, {Tuple(call, method)}, {method.Token}){asTask}");
    }

    private static (string Declaration, string Body) Cast(TypeModel type, MethodModel method)
    {
        var call = Names.CallClassFullName(type, method);
        return (
            $"global::System.Threading.Tasks.Task {method.Name}({Declared(method.Passed)})",
            $"{Names.RemoteCalls}.CastAsync<{call}.Arguments, {call}.Arguments>({call}.Row, {Tuple(call, method)}, {method.Token})");
    }

    private static (string Declaration, string Body) Local(MethodModel method) => (
        $"{method.ReturnType} {method.Name}({Declared(method.Parameters)})",
        $"{(method.IsStatic ? method.Type.FullName : "receiver")}.{method.Name}({string.Join(", ", method.Parameters.Select(p => p.Name))})");

    private static string Tuple(string call, MethodModel method) =>
        $"new {call}.Arguments({string.Join(", ", method.Sent.Select(p => p.Name))})";

    private static string Declared(IEnumerable<ParameterModel> parameters) => string.Join(", ", parameters.Select(p => p.Declaration));
}
