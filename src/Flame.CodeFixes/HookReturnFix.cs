using Flame.Generators.Model;
using Flame.Generators.Parsing;

namespace Flame.CodeFixes;

/// <summary>FLM0113: a hook returns a <c>Task</c> instead of <c>async void</c>, and no result, which nobody would read.</summary>
/// <remarks>Nothing is offered for parameters: only their author knows where the values are to come from.</remarks>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class HookReturnFix() : FlameCodeFix<MethodDeclarationSyntax>("FLM0113")
{
    private const string ValueTask = "System.Threading.Tasks.ValueTask";

    private protected override async Task OfferAsync(CodeFixContext context, SyntaxNode root, MethodDeclarationSyntax node)
    {
        if (await context.Document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false) is not { } model) return;
        if (model.GetDeclaredSymbol(node, context.CancellationToken) is not { } method) return;

        var shape = ReturnShapes.Of(method.ReturnType).Shape;
        if (method.ReturnsVoid && method.IsAsync) Return(FullNames.Type(ReturnTypeFix.Task), node);
        else if (shape is ReturnShape.TaskOf && !method.IsAsync) Return(FullNames.Type(ReturnTypeFix.Task), node);
        else if (shape is ReturnShape.TaskOf or ReturnShape.ValueTaskOf && method.IsAsync)
            Return(FullNames.Type(shape is ReturnShape.TaskOf ? ReturnTypeFix.Task : ValueTask), Results.Drop(node, model));
        else if (IsPlain(method.ReturnType))
            Return(SyntaxFactory.PredefinedType(SyntaxFactory.Token(SyntaxKind.VoidKeyword)), Results.Drop(node, model));

        void Return(TypeSyntax type, MethodDeclarationSyntax? changed)
        {
            var title = method.ReturnsVoid ? "Return a Task" : "Return no result";
            if (changed is not null) Offer(context, title, () => root.ReplaceNode(node, changed.WithReturnType(type.WithTriviaFrom(node.ReturnType))));
        }
    }

    // Anything else may be a promise of work that only begins when somebody takes it up.
    private static bool IsPlain(ITypeSymbol type) => type.SpecialType is >= SpecialType.System_Boolean and <= SpecialType.System_String;
}
