using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Flame.Generators.Parsing;

/// <summary>Whether code stands inside a lambda that becomes data.</summary>
internal static class ExpressionTrees
{
    public static bool Holds(SyntaxNode node, SemanticModel model, CancellationToken ct)
    {
        foreach (var lambda in node.Ancestors().OfType<LambdaExpressionSyntax>())
        {
            if (model.GetTypeInfo(lambda, ct).ConvertedType is INamedTypeSymbol type
                && KnownNames.Is(type.OriginalDefinition, "System.Linq.Expressions.Expression`1")) return true;
        }

        return node.Ancestors().OfType<QueryClauseSyntax>().Any() && model.GetOperation(node, ct) is { } operation && InQueryTree(operation);
    }

    private static bool InQueryTree(IOperation operation)
    {
        for (var current = operation; current is not null; current = current.Parent!)
        {
            if (current.Type is INamedTypeSymbol type && KnownNames.Is(type.OriginalDefinition, "System.Linq.Expressions.Expression`1")) return true;
        }

        return false;
    }
}
