using System.Security.Cryptography;
using System.Text;
using Flame.Generators.Analysis;
using Flame.Generators.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Flame.Generators.Parsing;

/// <summary>A marked method's symbol to its model; the only reader of its symbols, for generator and analyzer alike.</summary>
internal sealed class FlameParser
{
    private readonly IMethodSymbol _method;
    private readonly List<Finding> _findings = [];

    private FlameParser(IMethodSymbol method) => _method = method.PartialDefinitionPart ?? method;

    public static bool MayBeMarked(SyntaxNode node, CancellationToken ct) => node is MethodDeclarationSyntax { AttributeLists.Count: > 0 };

    /// <summary>Whether the mark stands here: both halves of a partial method have it, and one of them wrote it.</summary>
    public static bool IsMarkedAt(IMethodSymbol method, SyntaxNode declaration) =>
        KnownNames.AttributeOf(method, KnownNames.Flame)?.ApplicationSyntaxReference is { } mark
        && mark.SyntaxTree == declaration.SyntaxTree && declaration.Span.Contains(mark.Span);

    public static ParseResult<MethodModel> Parse(IMethodSymbol method)
    {
        var parser = new FlameParser(method);
        var model = parser.Read();
        return new ParseResult<MethodModel>(parser._findings.Count == 0 ? model : null, parser._findings);
    }

    public static ulong IdOf(string text)
    {
        using var sha = SHA256.Create();
        return BitConverter.ToUInt64(sha.ComputeHash(Encoding.UTF8.GetBytes(text)), 0);
    }

    private MethodModel? Read()
    {
        _findings.AddRange(MethodRules.Check(_method));
        if (_findings.Count > 0) return null;

        var (shape, resultType) = ReadReturn();
        var resource = resultType is null ? null : ReadResource(shape, resultType);
        var result = resultType is null || resource is not null ? null : ReadResult(resultType);
        var parameters = new ParameterParser(_method, _findings).Read();
        var attribute = KnownNames.AttributeOf(_method, KnownNames.Flame)!;
        var timeout = ReadTimeout(attribute);
        var batch = BatchParser.Read(_method, result, [.. parameters], _findings);
        if (_findings.Count > 0) return null;

        var signature = Display.Signature(_method);
        return new MethodModel(
            ReadType(_method.ContainingType),
            Display.Identifier(_method.Name),
            signature,
            _method.GetDocumentationCommentId() ?? "",
            IdOf(Member<string>(attribute, "Name") ?? signature),
            Member<string>(attribute, "Pool") ?? KnownNames.DefaultPool,
            timeout,
            Member<bool>(attribute, "Idempotent"),
            _method.IsStatic,
            Visibility.IsPublic(_method),
            shape!.Value,
            Display.Type(_method.ReturnType),
            result,
            parameters,
            batch,
            resource);
    }

    private (ReturnShape? Shape, ITypeSymbol? Result) ReadReturn()
    {
        var (shape, result) = ReturnShapes.Of(_method.ReturnType);
        if (shape is null) Report(Rules.ReturnType, Display.Short(_method), Display.Short(_method.ReturnType));
        return (shape, result);
    }

    /// <summary>What is behind the handle that the method returns.</summary>
    private string? ReadResource(ReturnShape? shape, ITypeSymbol type)
    {
        if (type is not INamedTypeSymbol { TypeArguments: { Length: 1 } arguments } named || !KnownNames.Is(named.OriginalDefinition, KnownNames.FlameHandle)) return null;
        if (shape != ReturnShape.TaskOf) Report(Rules.ReturnType, Display.Short(_method), Display.Short(_method.ReturnType));
        if (KnownNames.AttributeOf(arguments[0], KnownNames.FlameObject) is null) Report(Rules.NotPlaceable, Display.Short(arguments[0]));
        return Display.Unannotated(arguments[0]);
    }

    private PayloadModel? ReadResult(ITypeSymbol type)
    {
        var rules = new PayloadRules();
        var payload = rules.Read(type, "result");
        if (payload is null) _findings.Add(rules.Obstacle!.ToFinding(Rules.ResultNotSerializable, _method.Locations.FirstOrDefault(), Display.Short(_method)));
        return payload;
    }

    /// <summary>The limit that a mark gives, if it gives a valid one.</summary>
    internal static long? TimeoutOf(AttributeData attribute) =>
        Member<string>(attribute, "Timeout") is { } text ? PositiveTicks(text) : null;

    private long? ReadTimeout(AttributeData attribute)
    {
        if (Member<string>(attribute, "Timeout") is not { } text) return null;
        if (PositiveTicks(text) is { } ticks) return ticks;
        Report(Rules.BadTimeout, Display.Short(_method), text);
        return null;
    }

    // Without a colon it would be days.
    public static long? PositiveTicks(string text) =>
        text.Contains(':') && TimeSpan.TryParseExact(text, "c", null, out var time) && time > TimeSpan.Zero ? time.Ticks : null;

    private void Report(DiagnosticDescriptor rule, params object[] arguments) =>
        _findings.Add(new Finding(rule, _method.Locations.FirstOrDefault(), arguments));

    public static TypeName ReadType(INamedTypeSymbol type)
    {
        var name = Display.Identifier(type.Name);
        for (var outer = type.ContainingType; outer is not null; outer = outer.ContainingType)
            name = Display.Identifier(outer.Name) + "." + name;
        var full = Display.Unannotated(type);
        var space = type.ContainingNamespace.IsGlobalNamespace
            ? "" : full.Substring("global::".Length, full.Length - "global::".Length - name.Length - 1);
        return new TypeName(space, name, full, Visibility.IsPublic(type));
    }

    public static T? Member<T>(AttributeData attribute, string name) =>
        attribute.NamedArguments.FirstOrDefault(a => a.Key == name).Value is { IsNull: false, Value: T value } ? value : default;
}
