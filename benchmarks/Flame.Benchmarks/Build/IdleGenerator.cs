using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Flame.Benchmarks.Build;

/// <summary>Looks at marked methods and at calls as Flame's generator must, and makes nothing of them: what the compiler itself takes for that.</summary>
internal sealed class IdleGenerator : IIncrementalGenerator
{
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var methods = context.SyntaxProvider.CreateSyntaxProvider(static (node, _) => node is MethodDeclarationSyntax { AttributeLists.Count: > 0 }, static (c, _) => c.Node.RawKind);
        var calls = context.SyntaxProvider.CreateSyntaxProvider(static (node, _) => node is InvocationExpressionSyntax, static (c, _) => c.Node.RawKind);
        context.RegisterSourceOutput(methods.Collect().Combine(calls.Collect()), static (_, _) => { });
    }
}
