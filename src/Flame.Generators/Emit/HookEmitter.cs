using Flame.Generators.Model;

namespace Flame.Generators.Emit;

/// <summary>Calls one hook with what it asks for.</summary>
internal static class HookEmitter
{
    public static void Emit(SourceWriter w, HookModel hook, string name)
    {
        var target = hook.IsStatic ? hook.Target : $"Service<{hook.Target}>(services)";
        var call = $"{target}.{hook.Name}({string.Join(", ", hook.Parameters.Select(Argument))})";
        var header = $"{Names.ValueTask} {name}(global::System.IServiceProvider services, global::System.Threading.CancellationToken ct)";

        w.Gap();
        if (hook.Awaited)
        {
            w.Lines($"""
                private static async {header} =>
                    await {call}.ConfigureAwait(false);
                """);
            return;
        }

        using (w.Block($"private static {header}"))
        {
            w.Lines($"""
                {call};
                return default;
                """);
        }
    }

    public static void EmitResolver(SourceWriter w)
    {
        w.Gap();
        w.Lines("""
            private static T Service<T>(global::System.IServiceProvider services) where T : notnull =>
                (T?)services.GetService(typeof(T))
                ?? throw new global::System.InvalidOperationException($"FLM2012: A hook of the executor needs {typeof(T)}, which is not registered. Add it to the services of the application.");
            """);
    }

    public static bool IsRequired(ParameterModel parameter) => parameter is { Role: ParameterRole.Service, Optional: false };

    private static string Argument(ParameterModel parameter) => parameter switch
    {
        { Role: ParameterRole.Cancellation } => "ct",
        { Optional: true } => $"({parameter.Type}?)services.GetService(typeof({parameter.Type}))",
        _ => $"Service<{parameter.Type}>(services)",
    };
}
