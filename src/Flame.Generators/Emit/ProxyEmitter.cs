using Flame.Generators.Model;

namespace Flame.Generators.Emit;

/// <summary>The explicit forms of a class's marked methods: <c>.Remote</c>, <c>.Local</c>, <c>.Cast</c>, <c>.Spawn</c> and <c>.Batched</c>.</summary>
internal static class ProxyEmitter
{
    public static string Emit(TypeModel type)
    {
        var w = SourceWriter.ForGeneratedFile(type.Name.Namespace);
        foreach (var group in type.Methods.GroupBy(m => m.IsStatic).OrderByDescending(g => g.Key))
            EmitExtension(w, type, [.. group], group.Key);
        return w.ToString();
    }

    private static void EmitExtension(SourceWriter w, TypeModel type, MethodModel[] methods, bool isStatic)
    {
        var access = type.Name.IsPublic ? "public" : "internal";
        var batched = methods.Where(m => m.Batch is not null).ToArray();
        var unary = methods.Where(m => m.Shape != ReturnShape.Stream && m.Resource is null).ToArray();

        // Nobody waits for a cast: what it borrowed could be gone.
        var casts = unary.Where(m => m.Live.Length == 0).ToArray();

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
                if (unary.Length > 0) EmitForm(w, "Spawn", "Given to the pool, and awaited when it suits.", isStatic, "default");
                if (batched.Length > 0) EmitForm(w, "Batched", "For one item, sent with those of other callers.", isStatic, receiver);
            }

            EmitStruct(w, "Remote", methods, m => Remote(type, m), "", takesOptions: true);
            EmitStruct(w, "Local", methods, Local, constructor);
            if (casts.Length > 0) EmitStruct(w, "Cast", casts, m => Cast(type, m), "", takesOptions: true);
            if (unary.Length > 0) EmitStruct(w, "Spawn", unary, m => Spawn(type, m), "", takesOptions: true);
            if (batched.Length > 0) EmitStruct(w, "Batched", batched, m => BatchEmitter.Form(type, m), constructor);
        }
    }

    private static void EmitForm(SourceWriter w, string name, string summary, bool isStatic, string value) =>
        w.Lines($"""
            /// <summary>{summary}</summary>
            public {(isStatic ? "static " : "")}{name}Methods {name} => {value};
            """);

    private static void EmitStruct(
        SourceWriter w, string name, MethodModel[] methods, Func<MethodModel, (string Declaration, string Body)> form, string constructor,
        bool takesOptions = false)
    {
        w.Lines($"/// <summary>See {name}.</summary>");
        using (w.Block($"public readonly struct {name}Methods{constructor}"))
        {
            if (takesOptions) EmitOptions(w, name);
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

    // A field, and always named through this: a parameter of the user's may have any name.
    private static void EmitOptions(SourceWriter w, string name)
    {
        w.Lines($"""
            private readonly {Names.CallOptions}? _options;

            private {name}Methods({Names.CallOptions} options) => this._options = options;

            /// <summary>The same, with options for the calls that are made through it.</summary>
            public {name}Methods With({Names.CallOptions} options) => new(options);
            """);
        w.Gap();
    }

    private static (string Declaration, string Body) Remote(TypeModel type, MethodModel method)
    {
        var entry = method.Shape == ReturnShape.Stream ? "StreamAsync" : "CallAsync";
        var asTask = method.Shape is ReturnShape.Task or ReturnShape.TaskOf ? ".AsTask()" : "";
        return ($"{method.ReturnType} {method.Name}({Declared(method.Passed)})", method.Resource is { } resource ? Open(type, method, resource) : Entry(type, method, entry, method.Result) + asTask);
    }

    private static (string Declaration, string Body) Cast(TypeModel type, MethodModel method) => (
        $"global::System.Threading.Tasks.Task {method.Name}({Declared(method.Passed)})", Entry(type, method, "CastAsync", null));

    private static (string Declaration, string Body) Spawn(TypeModel type, MethodModel method)
    {
        var returned = Names.Call + (method.Result is { } result ? $"<{result.Declared}>" : "");

        // It has a token of its own, so the caller need not give one.
        var declared = Declared(method.Passed);
        if (method.Passed.LastOrDefault() is { Role: ParameterRole.Cancellation, HasDefault: false }) declared += " = default";
        return ($"{returned} {method.Name}({declared})", Entry(type, method, "Spawn", method.Result));
    }

    private static string Open(TypeModel type, MethodModel method, string resource)
    {
        var call = Names.CallClassFullName(type, method);
        var passed = string.Concat(method.Sent.Select(p => (p.IsLive ? Live(call, method, p) : p.Name) + ", "));
        return $"{Names.Contract}ObjectCalls.OpenAsync<{call}.Arguments, {call}.Arguments, {resource}>({call}.Row, ({Placing.Names}) => new({passed}{Placing.Names}), this._options, {method.Token})";
    }

    private static string Entry(TypeModel type, MethodModel method, string entry, PayloadModel? result)
    {
        var call = Names.CallClassFullName(type, method);
        var types = $"{call}.Arguments, {call}.Arguments" + (result is null ? "" : $", {result.Declared}, {call}.Result");
        return $"{Names.RemoteCalls}.{entry}<{types}>({call}.Row, {Tuple(call, method)}, this._options, {method.Token})";
    }

    private static (string Declaration, string Body) Local(MethodModel method) => (
        $"{method.ReturnType} {method.Name}({Declared(method.Parameters)})",
        $"{(method.IsStatic ? method.Type.FullName : "receiver")}.{method.Name}({string.Join(", ", method.Parameters.Select(p => p.Name))})");

    private static string Tuple(string call, MethodModel method) =>
        $"new {call}.Arguments({string.Join(", ", method.Sent.Select(p => p.IsLive ? Live(call, method, p) : p.Name))})";

    private static string Live(string call, MethodModel method, ParameterModel live) =>
        $"{PayloadModel.OfLive.Type}.{MethodsEmitter.LiveForm(live.Role, live.Element, $"{call}.{Names.Element(method.ChannelOf(live))}")}({Names.Literal(live.ShownName)}, {live.Name})";

    private static string Declared(IEnumerable<ParameterModel> parameters) => string.Join(", ", parameters.Select(p => p.Declaration));
}
