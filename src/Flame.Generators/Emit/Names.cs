using Flame.Generators.Model;
using Flame.Generators.Parsing;

namespace Flame.Generators.Emit;

/// <summary>The names of generated things, and the types of the contract they use.</summary>
internal static class Names
{
    public const string Contract = "global::Flame.CompilerServices.";
    public const string Writer = "ref global::MemoryPack.MemoryPackWriter<" + Contract + "PayloadBuffer> writer";
    public const string Reader = "ref global::MemoryPack.MemoryPackReader reader";
    public const string Invocation = Contract + "Invocation";
    public const string RemoteMethod = Contract + "RemoteMethod";
    public const string RemoteCalls = Contract + "RemoteCalls";
    public const string Call = "global::Flame.FlameCall";
    public const string CallOptions = "global::Flame.FlameCallOptions";
    public const string ValueTask = "global::System.Threading.Tasks.ValueTask";
    public const string GeneratedCode = "[global::System.CodeDom.Compiler.GeneratedCode(\"" + KnownNames.Generator + "\", \"0.1.0\")]";
    public const string Hidden = "[global::System.ComponentModel.EditorBrowsable(global::System.ComponentModel.EditorBrowsableState.Never)]";

    /// <summary>The class of one method's row, codecs and invoker; overloads are told apart by their place in the order.</summary>
    public static string CallClass(TypeModel type, MethodModel method)
    {
        var overload = 1;
        foreach (var other in type.Methods)
        {
            if (other.Signature == method.Signature) break;
            if (other.Name == method.Name) overload++;
        }

        return method.Name.TrimStart('@') + "Call" + (overload == 1 ? "" : overload.ToString());
    }

    public static string CallClassFullName(TypeModel type, MethodModel method) =>
        $"global::{KnownNames.GeneratedNamespace}.{type.Name.MethodsClass}.{CallClass(type, method)}";

    /// <summary>The class with the extension block. Static and instance members cannot share one: both would be named Remote.</summary>
    public static string Extension(TypeName type, bool isStatic) => type.Identifier + (isStatic ? "Flame" : "InstanceFlame");

    public static string ExtensionFullName(TypeName type, bool isStatic) =>
        "global::" + (type.Namespace.Length == 0 ? "" : type.Namespace + ".") + Extension(type, isStatic);

    /// <summary>The codec of what a live argument gives or takes.</summary>
    public static string Element(int channel) => "Live" + channel;

    public static string Registry(string assembly) => Sanitized(assembly) + "_Registry";

    /// <summary>The class of the methods of a placed object.</summary>
    public static string PlacedMethods(TypeName type) => type.MetadataName.Replace('.', '_') + "_Placed";

    /// <summary>The class of the blocks of an assembly.</summary>
    public static string Blocks(string assembly) => Sanitized(assembly) + "_Blocks";

    /// <summary>The proxy that injects a class as an interface: its words are for people, the rest tells it from all others.</summary>
    public static string Injected(string service, string type, string serviceFullName, string typeFullName) =>
        $"{service}Of{type}_{Parsing.FlameParser.IdOf(serviceFullName + " " + typeFullName):x16}";

    public static string Literal(string text) => Microsoft.CodeAnalysis.CSharp.SymbolDisplay.FormatLiteral(text, quote: true);

    private static string Sanitized(string name)
    {
        var characters = name.Select(c => char.IsLetterOrDigit(c) ? c : '_').ToArray();
        return char.IsDigit(characters[0]) ? "_" + new string(characters) : new string(characters);
    }
}
