namespace Flame.CodeFixes;

/// <summary>Takes the result out of a method, and leaves everything that the method does.</summary>
internal static class Results
{
    /// <summary>The method without its results; null where one is made by code that cannot stand as a statement.</summary>
    public static MethodDeclarationSyntax? Drop(MethodDeclarationSyntax method, SemanticModel model)
    {
        if (method.Body is not { } body) return method.ExpressionBody is { } arrow && CanStandAlone(arrow.Expression, model) ? method : null;

        var returns = body.DescendantNodes(node => node is not (LocalFunctionStatementSyntax or AnonymousFunctionExpressionSyntax))
            .OfType<ReturnStatementSyntax>().ToArray();
        if (!returns.All(r => r.Expression is { } result && (CanStandAlone(result, model) || DoesNothing(result, model)))) return null;

        var last = body.Statements.LastOrDefault();
        var changed = body.ReplaceNodes(returns, (original, _) => WithoutResult(original, CanStandAlone(original.Expression!, model), original == last));
        return method.WithBody(
            changed.Statements.LastOrDefault() is ReturnStatementSyntax end && !IsCommented(end) ? changed.RemoveNode(end, SyntaxRemoveOptions.KeepNoTrivia) : changed);
    }

    private static StatementSyntax WithoutResult(ReturnStatementSyntax statement, bool does, bool isLast)
    {
        var end = SyntaxFactory.ReturnStatement();
        if (!does) return end.WithTriviaFrom(statement);
        var work = SyntaxFactory.ExpressionStatement(statement.Expression!.WithoutTrivia());
        return isLast
            ? work.WithTriviaFrom(statement)
            : SyntaxFactory.Block(work, end).NormalizeWhitespace(eol: " ", indentation: "").WithTriviaFrom(statement);
    }

    private static bool IsCommented(StatementSyntax statement) =>
        statement.DescendantTrivia().Any(t => !t.IsKind(SyntaxKind.WhitespaceTrivia) && !t.IsKind(SyntaxKind.EndOfLineTrivia));

    private static bool CanStandAlone(ExpressionSyntax expression, SemanticModel model) =>
        expression is InvocationExpressionSyntax or AwaitExpressionSyntax or AssignmentExpressionSyntax or ObjectCreationExpressionSyntax
        && !model.GetConstantValue(expression).HasValue;

    private static bool DoesNothing(ExpressionSyntax expression, SemanticModel model) =>
        model.GetConstantValue(expression).HasValue
        || expression.IsKind(SyntaxKind.DefaultLiteralExpression)
        || (expression is IdentifierNameSyntax && model.GetSymbolInfo(expression).Symbol is ILocalSymbol or IParameterSymbol or IFieldSymbol);
}
