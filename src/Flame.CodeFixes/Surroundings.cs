using Microsoft.CodeAnalysis.Operations;

namespace Flame.CodeFixes;

/// <summary>What code takes from the code around it, and would miss as a static member elsewhere.</summary>
internal static class Surroundings
{
    public static bool AreNeededBy(SyntaxNode code, SemanticModel model, CancellationToken ct) =>
        UsesInstance(code, model, ct) || code.DescendantNodes().Any(node => IsOutside(node, code, model, ct));

    /// <summary>Whether it needs the instance of its type, said or not.</summary>
    public static bool UsesInstance(SyntaxNode code, SemanticModel model, CancellationToken ct) =>
        model.GetOperation(code, ct) is { } operation
        && operation.DescendantsAndSelf().Any(o => o is IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ContainingTypeInstance });

    // Constants and type parameters are captured by no closure, and still cannot be named from elsewhere.
    private static bool IsOutside(SyntaxNode node, SyntaxNode code, SemanticModel model, CancellationToken ct) =>
        node.IsKind(SyntaxKind.FieldExpression)
        || (node is SimpleNameSyntax { Parent: not NameColonSyntax }
            && model.GetSymbolInfo(node, ct).Symbol is ILocalSymbol or IParameterSymbol or IRangeVariableSymbol
                or IMethodSymbol { MethodKind: MethodKind.LocalFunction } or ITypeParameterSymbol { TypeParameterKind: TypeParameterKind.Method }
            && !model.GetSymbolInfo(node, ct).Symbol!.DeclaringSyntaxReferences.Any(r => r.SyntaxTree == code.SyntaxTree && code.Span.Contains(r.Span)));
}
