using Flame.Generators.Model;
using Flame.Generators.Parsing;

namespace Flame.Generators.Emit;

/// <summary>Turns direct calls into remote ones, except where they must stay in place. Apart from the proxies: it changes with every edit.</summary>
internal static class InterceptorEmitter
{
    public static string Emit(string assembly, IEnumerable<CallSiteModel> callSites, IEnumerable<BlockSiteModel> blockSites)
    {
        var w = SourceWriter.ForGeneratedFile();
        using (w.Block("namespace System.Runtime.CompilerServices"))
        {
            w.Lines("""
                [global::System.AttributeUsage(global::System.AttributeTargets.Method, AllowMultiple = true)]
                file sealed class InterceptsLocationAttribute(int version, string data) : global::System.Attribute
                {
                    public int Version { get; } = version;

                    public string Data { get; } = data;
                }
                """);
        }

        using (w.Block($"namespace {KnownNames.GeneratedNamespace}"))
        {
            w.Lines(Names.GeneratedCode);
            using (w.Block("file static class Interceptors"))
            {
                var number = 0;
                var groups = callSites.GroupBy(c => (c.Method, c.Reduced))
                    .OrderBy(g => g.Key.Method.Signature, StringComparer.Ordinal).ThenBy(g => g.Key.Reduced);
                foreach (var group in groups) EmitInterceptor(w, group.Key.Method, group.Key.Reduced, group, ++number);
                BlockInterceptorEmitter.Emit(w, assembly, blockSites);
            }
        }

        return w.ToString();
    }

    public static string Location(int version, string data, string display) =>
        $"[global::System.Runtime.CompilerServices.InterceptsLocation({version}, {Names.Literal(data)})] // {display}";

    private static void EmitInterceptor(SourceWriter w, MethodModel method, bool reduced, IEnumerable<CallSiteModel> callSites, int number)
    {
        foreach (var site in callSites.OrderBy(s => s.Display, StringComparer.Ordinal).ThenBy(s => s.Data, StringComparer.Ordinal))
            w.Lines(Location(site.Version, site.Data, site.Display));

        // Not the user's names: one of them could be 'receiver'.
        var all = method.Parameters.Select((p, i) => (Parameter: p, Name: "p" + i)).ToArray();
        var declared = all.Select((p, i) => $"{(reduced && i == 0 ? "this " : "")}{p.Parameter.DeclaredType} {p.Name}");
        if (!method.IsStatic) declared = declared.Prepend($"this {method.Type.FullName} receiver");

        var target = method.IsStatic ? method.Type.FullName : "receiver";
        var local = string.Join(", ", all.Select(p => p.Name));
        var passed = string.Join(", ", all.Where(p => p.Parameter.Role != ParameterRole.Service).Select(p => p.Name));
        w.Lines($"""
            internal static {method.ReturnType} {method.Name.TrimStart('@')}{number}({string.Join(", ", declared)}) =>
                {Names.RemoteCalls}.RunLocally
                    ? {target}.{method.Name}({local})
                    : default({Names.ExtensionFullName(method.Type, method.IsStatic)}.RemoteMethods).{method.Name}({passed});
            """);
        w.Gap();
    }
}
