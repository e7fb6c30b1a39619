using Flame.Generators.Analysis;
using Flame.Generators.Emit;
using Flame.Generators.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Flame.Generators.Parsing;

/// <summary>A call of <c>AddFlameProxy</c> to the proxy that it asks for, or to what is in its way.</summary>
internal static class InjectionParser
{
    private static readonly ParseResult<InjectionModel> s_nothing = new(null, []);

    public static bool MayBeCall(SyntaxNode node, CancellationToken ct) => node is InvocationExpressionSyntax call && call.Expression switch
    {
        MemberAccessExpressionSyntax { Name: GenericNameSyntax name } => IsName(name),
        MemberBindingExpressionSyntax { Name: GenericNameSyntax name } => IsName(name),
        GenericNameSyntax name => IsName(name),
        _ => false,
    };

    public static InjectionModel? Parse(GeneratorSyntaxContext context, CancellationToken ct) =>
        context.SemanticModel.GetSymbolInfo(context.Node, ct).Symbol is IMethodSymbol called
            ? Parse(called, context.Node, context.SemanticModel.Compilation).Model
            : null;

    public static ParseResult<InjectionModel> Parse(IMethodSymbol called, SyntaxNode call, Compilation compilation)
    {
        if (called.TypeArguments.Length != 2 || !KnownNames.Is(called.ContainingType, KnownNames.ProxyExtensions)) return s_nothing;

        var (service, type) = (called.TypeArguments[0], called.TypeArguments[1]);
        if (Obstacle(service, type, compilation) is { } obstacle) return Refused(obstacle);
        var members = new InjectedMembers((INamedTypeSymbol)service, (INamedTypeSymbol)type, compilation);
        if (members.Obstacle is { } inside) return Refused(inside);
        var model = new InjectionModel(
            Display.Oblivious(service), Display.Oblivious(type), Names.Injected(service.Name, type.Name, Display.Oblivious(service), Display.Oblivious(type)),
            members.All.ToEquatableArray());
        return new(model, members.AnyMarked ? [] : [Finding(Rules.NothingRemote)]);

        ParseResult<InjectionModel> Refused(string reason) => new(null, [Finding(Rules.NotInjectable, reason)]);

        Finding Finding(DiagnosticDescriptor rule, params object[] more) => new(rule, call.GetLocation(), [Display.Short(type), Display.Short(service), .. more]);
    }

    private static bool IsName(GenericNameSyntax name) =>
        name.Identifier.ValueText is "AddFlameProxy" or "AddKeyedFlameProxy" && name.TypeArgumentList.Arguments.Count == 2;

    private static string? Obstacle(ITypeSymbol service, ITypeSymbol type, Compilation compilation)
    {
        if (IsOpen(service) || IsOpen(type)) return "a type parameter is no type yet; name both types where AddFlameProxy is called";
        if (service is not INamedTypeSymbol { TypeKind: TypeKind.Interface }) return $"'{Display.Short(service)}' is no interface";
        if (type is not INamedTypeSymbol { TypeKind: TypeKind.Class } named) return $"'{Display.Short(type)}' is no class";
        if (!named.AllInterfaces.Contains(service, SymbolEqualityComparer.Default)) return $"'{Display.Short(type)}' does not implement it";
        if (named.IsAbstract) return $"'{Display.Short(type)}' is abstract, so no executor can make one";
        if (!Visibility.CanBeNamed(service, compilation)) return $"generated code cannot name '{Display.Short(service)}'; make it, and every type around it, internal or public";
        if (!Visibility.CanBeNamed(type, compilation)) return $"generated code cannot name '{Display.Short(type)}'; make it, and every type around it, internal or public";
        return null;
    }

    private static bool IsOpen(ITypeSymbol type) => type switch
    {
        ITypeParameterSymbol => true,
        IArrayTypeSymbol array => IsOpen(array.ElementType),
        INamedTypeSymbol named => named.TypeArguments.Any(IsOpen) || (named.ContainingType is { } outer && IsOpen(outer)),
        _ => false,
    };
}
