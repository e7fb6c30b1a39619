using Flame.Generators.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Flame.Generators.Parsing;

/// <summary>A direct call of a marked method, if it can be intercepted.</summary>
internal static class CallSiteParser
{
    public static bool MayBeCall(SyntaxNode node, CancellationToken ct) => node is InvocationExpressionSyntax
    {
        Expression: MemberAccessExpressionSyntax { Expression: not BaseExpressionSyntax } or MemberBindingExpressionSyntax or IdentifierNameSyntax,
    };

    public static CallSiteModel? Parse(GeneratorSyntaxContext context, CancellationToken ct)
    {
        var call = (InvocationExpressionSyntax)context.Node;
        if (!Surface.Of(context.SemanticModel.Compilation).MayBeMarked(NameOf(call))) return null;
        if (Called(context.SemanticModel.GetSymbolInfo(call, ct)) is not { } called || !KnownNames.IsMarked(called)) return null;

        var method = KnownNames.Unreduced(called);
        if (!HasProxy(method, context.SemanticModel.Compilation) || ExpressionTrees.Holds(call, context.SemanticModel, ct)) return null;
        if (Steps.Guarded(method, static m => FlameParser.Parse(m).Model).Model is not { } model) return null;
        if (context.SemanticModel.GetInterceptableLocation(call, ct) is not { } location) return null;
        return new CallSiteModel(model, called.ReducedFrom is not null, location.Version, location.Data, location.GetDisplayLocation());
    }

    private static string NameOf(InvocationExpressionSyntax call) => call.Expression switch
    {
        MemberAccessExpressionSyntax access => access.Name.Identifier.ValueText,
        MemberBindingExpressionSyntax binding => binding.Name.Identifier.ValueText,
        _ => ((IdentifierNameSyntax)call.Expression).Identifier.ValueText,
    };

    // What is generated does not exist yet. Where an argument comes of it, the compiler has no type for it and decides
    // nothing; but where only one method could be meant, it is that one.
    private static IMethodSymbol? Called(SymbolInfo info) =>
        (info.Symbol ?? (info is { CandidateReason: CandidateReason.OverloadResolutionFailure, CandidateSymbols.Length: 1 } ? info.CandidateSymbols[0] : null)) as IMethodSymbol;

    // An assembly that was built without the generator has nothing to call instead; the build check says so.
    public static bool HasProxy(IMethodSymbol method, Compilation compilation) =>
        SymbolEqualityComparer.Default.Equals(method.ContainingAssembly, compilation.Assembly)
        || KnownNames.AttributeOf(method.ContainingAssembly, KnownNames.Methods) is not null;
}
