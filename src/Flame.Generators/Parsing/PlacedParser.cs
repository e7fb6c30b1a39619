using Flame.Generators.Analysis;
using Flame.Generators.Model;
using Microsoft.CodeAnalysis;

namespace Flame.Generators.Parsing;

/// <summary>A class whose objects can be placed, to its model: each public method is one that its handle has.</summary>
internal static class PlacedParser
{
    public static ParseResult<TypeModel> Parse(INamedTypeSymbol type)
    {
        var findings = new List<Finding>();
        if (!Visibility.IsReachable(type)) findings.Add(new Finding(Rules.Unreachable, type.Locations.FirstOrDefault(), Display.Short(type)));
        if (type.IsGenericType || type.ContainingType is { IsGenericType: true }) findings.Add(new Finding(Rules.Generic, type.Locations.FirstOrDefault(), Display.Short(type)));
        if (findings.Count > 0) return new ParseResult<TypeModel>(null, findings);

        var methods = MethodsOf(type).Select(m => Read(type, m, findings)).OfType<MethodModel>()
            .OrderBy(m => m.Name, StringComparer.Ordinal).ThenBy(m => m.Signature, StringComparer.Ordinal).ToEquatableArray();
        return new ParseResult<TypeModel>(new TypeModel(FlameParser.ReadType(type), methods), findings);
    }

    private static IEnumerable<IMethodSymbol> MethodsOf(INamedTypeSymbol type) => type.GetMembers().OfType<IMethodSymbol>().Where(m =>
        m is { MethodKind: MethodKind.Ordinary, IsStatic: false, IsOverride: false, IsImplicitlyDeclared: false, DeclaredAccessibility: Accessibility.Public }
        && m.Name is not ("Dispose" or "DisposeAsync")
        && KnownNames.AttributeOf(m, KnownNames.Flame) is null);

    private static MethodModel? Read(INamedTypeSymbol type, IMethodSymbol method, List<Finding> all)
    {
        var findings = new List<Finding>();
        var (shape, result) = ReadReturn(method, findings);
        var parameters = new ParameterParser(method, findings).Read();
        if (method.IsGenericMethod) Refuse("it is generic");
        if (shape == ReturnShape.Stream) Refuse("it yields items, which only a marked method and a block do");
        if (parameters.Any(p => p.IsLive)) Refuse("it takes an object that stays with the caller, which only a marked method and a block do");
        all.AddRange(findings);
        if (findings.Count > 0) return null;

        var signature = Display.Signature(method);
        return new MethodModel(
            FlameParser.ReadType(type), Display.Identifier(method.Name), signature, method.GetDocumentationCommentId() ?? "", FlameParser.IdOf("placed " + signature),
            "", null, false, false, Visibility.IsPublic(method), shape, Display.Type(method.ReturnType), result, parameters, null);

        void Refuse(string because) => findings.Add(new Finding(Rules.PlacedMethod, method.Locations.FirstOrDefault(), Display.Short(method), because));
    }

    private static (ReturnShape Shape, PayloadModel? Result) ReadReturn(IMethodSymbol method, List<Finding> findings)
    {
        if (method.ReturnsVoid) return (ReturnShape.Nothing, null);
        var (shape, inner) = ReturnShapes.Of(method.ReturnType);
        var type = shape is null ? method.ReturnType : inner;
        if (type is null || shape == ReturnShape.Stream) return (shape!.Value, null);
        var rules = new PayloadRules();
        var result = rules.Read(type, "result");
        if (result is null) findings.Add(rules.Obstacle!.ToFinding(Rules.ResultNotSerializable, method.Locations.FirstOrDefault(), Display.Short(method)));
        return (shape ?? ReturnShape.Value, result);
    }
}
