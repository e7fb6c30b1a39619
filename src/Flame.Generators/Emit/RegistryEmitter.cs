using Flame.Generators.Model;
using Flame.Generators.Parsing;

namespace Flame.Generators.Emit;

/// <summary>The module initializer that tells the runtime of this assembly's methods and hooks, and of those it references.</summary>
internal static class RegistryEmitter
{
    public static string Emit(RegistryModel model)
    {
        var name = Names.Registry(model.Surroundings.Assembly);
        var w = SourceWriter.ForGeneratedFile();
        w.Lines($"[assembly: {Names.Contract}FlameMethods(typeof(global::{KnownNames.GeneratedNamespace}.{name}))]");
        w.Gap();
        w.Lines($"namespace {KnownNames.GeneratedNamespace};");
        w.Gap();
        w.Lines($"""
            /// <summary>The marked methods of this assembly.</summary>
            {Names.Hidden}
            {Names.GeneratedCode}
            """);
        using (w.Block($"public static class {name}"))
        {
            EmitRegister(w, model, name);
            var hooks = model.Hooks.ToArray();
            for (var i = 0; i < hooks.Length; i++) HookEmitter.Emit(w, hooks[i], HookName(hooks, i));
            if (hooks.Any(h => !h.IsStatic || h.Parameters.Any(HookEmitter.IsRequired))) HookEmitter.EmitResolver(w);
        }

        return w.ToString();
    }

    private static void EmitRegister(SourceWriter w, RegistryModel model, string name)
    {
        w.Lines("""
            // A library that is never touched before a call arrives would not have run its own initializer.
            #pragma warning disable CA2255
            [global::System.Runtime.CompilerServices.ModuleInitializer]
            internal static void Initialize() => Register();
            #pragma warning restore CA2255

            /// <summary>Registers them, once.</summary>
            """);
        using (w.Block("public static void Register()"))
        {
            foreach (var registry in model.Surroundings.Registries) w.Lines($"{registry}.Register();");
            using (w.Block($"{Names.Contract}MethodTable.Add(", ");", parenthesis: true))
            {
                w.Lines($"typeof({name}).Assembly,");
                EmitList(w, [.. model.Rows.Select(r => $"{r.MethodsClass}.{r.Field}")], ",");
                EmitList(w, HooksOf(model, enter: true), ",");
                EmitList(w, HooksOf(model, enter: false), "");
            }

            foreach (var injection in model.Injections) w.Lines(InjectionEmitter.Registration(injection));
        }
    }

    private static void EmitList(SourceWriter w, string[] items, string end)
    {
        if (items.Length == 0)
        {
            w.Lines("[]" + end);
            return;
        }

        w.Lines("[");
        foreach (var item in items) w.Lines($"    {item},");
        w.Lines("]" + end);
    }

    private static string[] HooksOf(RegistryModel model, bool enter)
    {
        var hooks = model.Hooks.ToArray();
        return [.. Enumerable.Range(0, hooks.Length).Where(i => hooks[i].IsEnter == enter).Select(i => HookName(hooks, i))];
    }

    private static string HookName(HookModel[] hooks, int index) =>
        (hooks[index].IsEnter ? "Enter" : "Exit") + (1 + hooks.Take(index).Count(h => h.IsEnter == hooks[index].IsEnter)) + "Async";
}
