using Flame.Generators.Model;
using Flame.Generators.Parsing;

namespace Flame.Generators.Emit;

/// <summary>The proxy that is injected for an interface.</summary>
internal static class InjectionEmitter
{
    public static string Emit(InjectionModel model)
    {
        var w = SourceWriter.ForGeneratedFile();
        w.Lines($"""
            // Whatever the interface says of null, this agrees.
            #nullable disable

            namespace {KnownNames.GeneratedNamespace};
            """);
        w.Gap();
        w.Lines(Names.GeneratedCode);
        using (w.Block($"internal sealed class {model.Name}(global::System.IServiceProvider services) : {Names.Contract}InjectedProxy<{model.Class}>(services), {model.Interface}"))
        {
            foreach (var member in model.Members)
            {
                if (member.Kind is InjectedKind.Property or InjectedKind.Indexer or InjectedKind.Event) EmitAccessors(w, member);
                else EmitMethod(w, member);
                w.Gap();
            }
        }

        return w.ToString();
    }

    /// <summary>The statement that makes the proxy known.</summary>
    public static string Registration(InjectionModel model) =>
        $"{Names.Contract}ProxyTable.Add<{model.Interface}, {model.Class}>(static services => new {model.Name}(services));";

    private static void EmitMethod(SourceWriter w, InjectedMember member)
    {
        w.Lines($"{member.Type} {member.Owner}.{member.Name}{member.TypeParameters}({Declared(member)}) =>");
        w.Lines($"    {Body(member)};");
    }

    private static string Body(InjectedMember member)
    {
        var inPlace = $"{Real(member)}.{member.Name}{member.TypeParameters}({Arguments(member)})";
        return member switch
        {
            { Kind: InjectedKind.Dispose } => $"(this.HasReal ? {Real(member)} : null)?.Dispose()",
            { Kind: InjectedKind.DisposeAsync } => $"this.HasReal ? {inPlace} : default",
            { Remote: { } remote } =>
                $"{Names.RemoteCalls}.RunLocally ? {inPlace} : default({remote}.RemoteMethods).{member.Name}({string.Join(", ", member.Parameters.Where(p => p.Sent).Select(p => p.Name))})",
            { ByReference: true } => "ref " + inPlace,
            _ => inPlace,
        };
    }

    private static void EmitAccessors(SourceWriter w, InjectedMember member)
    {
        var target = member.Kind == InjectedKind.Indexer ? $"{Real(member)}[{Arguments(member)}]" : $"{Real(member)}.{member.Name}";
        var declared = member.Kind == InjectedKind.Indexer ? $"this[{Declared(member)}]" : member.Name;
        if (member.ByReference)
        {
            w.Lines($"{member.Type} {member.Owner}.{declared} => ref {target};");
            return;
        }

        using (w.Block($"{(member.Kind == InjectedKind.Event ? "event " : "")}{member.Type} {member.Owner}.{declared}"))
        {
            if (member.Kind == InjectedKind.Event)
            {
                w.Lines($"add => {target} += value;");
                w.Lines($"remove => {target} -= value;");
            }

            foreach (var accessor in member.Accessors)
            {
                w.Lines(accessor switch
                {
                    "get" => $"get => {target};",
                    "set" => $"set => {target} = value;",

                    // Only who makes an object can use it, and nobody makes an interface.
                    _ => "init { }",
                });
            }
        }
    }

    private static string Real(InjectedMember member) => $"(({member.Owner})this.Real)";

    private static string Declared(InjectedMember member) => string.Join(", ", member.Parameters.Select(p => $"{p.Declared} {p.Name}"));

    private static string Arguments(InjectedMember member) => string.Join(", ", member.Parameters.Select(p => p.Modifier + p.Name));
}
