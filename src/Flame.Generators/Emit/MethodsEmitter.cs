using Flame.Generators.Model;
using Flame.Generators.Parsing;

namespace Flame.Generators.Emit;

/// <summary>What both sides know of a class's marked methods: rows of the table, codecs, and the executor's side of the call.</summary>
internal static class MethodsEmitter
{
    public static string Emit(TypeModel type)
    {
        var w = SourceWriter.ForGeneratedFile(KnownNames.GeneratedNamespace);
        w.Lines(Names.GeneratedCode);
        using (w.Block($"internal static class {type.Name.MethodsClass}"))
        {
            foreach (var method in type.Methods)
            {
                using (w.Block($"internal static class {Names.CallClass(type, method)}")) EmitCall(w, method);
            }
        }

        return w.ToString();
    }

    /// <summary>One method, of a receiver from the container, or of one that is named.</summary>
    public static void EmitCall(SourceWriter w, MethodModel method, string? receiver = null)
    {
        EmitRow(w, method);
        if (method.Batch is { } batch) BatchEmitter.EmitRow(w, method, batch);
        w.Gap();
        EmitInvoker(w, method, receiver);
        if (method.Sent.Any()) EmitShow(w, method);
        var payloads = new PayloadEmitter();
        CodecEmitter.EmitArguments(w, [.. method.Sent.Select(p => (p.Name, p.Payload!)), .. method.Resource is null ? [] : Placing.Arguments], payloads);
        if (method.Result is { } result) CodecEmitter.EmitValue(w, "Result", result, payloads);
        foreach (var live in method.Live)
        {
            if (live.Element is { } element) CodecEmitter.EmitValue(w, Names.Element(method.ChannelOf(live)), element, payloads);
        }

        payloads.EmitShapes(w);
    }

    private static void EmitRow(SourceWriter w, MethodModel method)
    {
        var members = Members(method.Idempotent, method.Shape == ReturnShape.Stream || method.Resource is not null, method.TimeoutTicks, method.Sent.Any());
        var shown = Names.Literal($"{method.Type.Name}.{method.Name}".Replace("@", ""));

        w.Lines($"// {method.Signature}");
        w.Lines($"internal static readonly {Names.RemoteMethod} Row =");
        w.Lines($"    new(0x{method.Id:x16}UL, {shown}, {(method.Pool.Length == 0 ? "null" : Names.Literal(method.Pool))}, InvokeAsync){members};");
    }

    /// <summary>What a row of the method table has beside its identity, as an initializer.</summary>
    public static string Members(bool idempotent, bool streams, long? timeoutTicks, bool shows = false)
    {
        var members = new List<string>();
        if (idempotent) members.Add("Idempotent = true");
        if (streams) members.Add("Streams = true");
        if (timeoutTicks is { } ticks) members.Add($"Timeout = new global::System.TimeSpan({ticks}L)");
        if (shows) members.Add("Show = Show");
        return members.Count == 0 ? "" : $" {{ {string.Join(", ", members)} }}";
    }

    private static void EmitInvoker(SourceWriter w, MethodModel method, string? receiver)
    {
        var waits = method.Shape is not (ReturnShape.Nothing or ReturnShape.Value);
        using (w.Block($"private static {(waits ? "async " : "")}{Names.ValueTask} InvokeAsync({Names.Invocation} call)"))
        {
            if (method.Sent.Any() || method.Resource is not null) w.Lines("var arguments = call.ReadArguments<Arguments, Arguments>();");

            var target = receiver ?? (method.IsStatic ? method.Type.FullName : $"call.Service<{method.Type.FullName}>()");
            var call = $"{target}.{method.Name}({string.Join(", ", method.Parameters.Select(p => p.IsLive ? Live(method, p) : Argument(p)))})";
            w.Lines(method switch
            {
                { Resource: not null } =>
                    $"await {Placing.Keep($"{Names.Contract}ObjectCalls.Kept(await {call}.ConfigureAwait(false))", method.Live.Length + 1)}.ConfigureAwait(false);",
                { Shape: ReturnShape.Stream, Result: { } item } =>
                    $"await call.WriteItemsAsync<{item.Declared}, Result>({call}).ConfigureAwait(false);",
                { Shape: ReturnShape.Nothing } => $"{call};",
                { Shape: ReturnShape.Value, Result: { } value } => $"call.WriteResult<{value.Declared}, Result>({call});",
                { Result: { } result } =>
                    $"call.WriteResult<{result.Declared}, Result>(await {call}.ConfigureAwait(false));",
                _ => $"await {call}.ConfigureAwait(false);",
            });
            if (!waits) w.Lines("return default;");
        }
    }

    private static void EmitShow(SourceWriter w, MethodModel method)
    {
        w.Gap();
        using (w.Block($"private static void Show({Names.Contract}ShownArguments shown)"))
        {
            if (method.Sent.Any(static p => p is { IsLive: false, IsHidden: false })) w.Lines("var arguments = shown.Read<Arguments, Arguments>();");
            foreach (var sent in method.Sent)
            {
                var name = Names.Literal(sent.ShownName);
                w.Lines(sent switch
                {
                    { IsHidden: true } => $"shown.Hide<{sent.Type}>({name});",
                    { IsLive: true } => $"shown.Live<{sent.Type}>({name});",
                    _ => $"shown.Add({name}, arguments.{sent.Name});",
                });
            }
        }
    }

    private static string Live(MethodModel method, ParameterModel live)
    {
        var channel = method.ChannelOf(live);
        return $"call.{LiveForm(live.Role, live.Element, Names.Element(channel))}({channel}, {Names.Literal(live.ShownName)}, arguments.{live.Name}){(live.MayBeNull ? "" : "!")}";
    }

    /// <summary>The member, of both ends, that makes a live object of this role.</summary>
    public static string LiveForm(ParameterRole role, PayloadModel? element, string codec) => element is null ? $"{role}" : $"{role}<{element.Declared}, {codec}>";

    private static string Argument(ParameterModel parameter) => parameter.Role switch
    {
        ParameterRole.Payload => "arguments." + parameter.Name,
        ParameterRole.Cancellation => "call.CancellationToken",
        _ when parameter.Optional => $"({parameter.Type}?)call.Services.GetService(typeof({parameter.Type}))",
        _ => $"call.Service<{parameter.Type}>()",
    };
}
