using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Flame.Generators.Parsing;

/// <summary>Names a block by the member that it stands in and its place there, so that an edit elsewhere does not rename it.</summary>
internal static class BlockNames
{
    private static readonly HashSet<string> Methods = ["CallAsync", "CastAsync", "StreamAsync", "SpawnAsync", "MapAsync", "ForEachAsync", "PlaceAsync"];

    public static bool MayBe(InvocationExpressionSyntax call) => NameOf(call) is { } name && Methods.Contains(name);

    public static (string Identifier, string Signature) Of(InvocationExpressionSyntax call, SemanticModel model, CancellationToken ct)
    {
        var member = call.AncestorsAndSelf().FirstOrDefault(n => n is MemberDeclarationSyntax and not (BaseNamespaceDeclarationSyntax or GlobalStatementSyntax)) ?? call.SyntaxTree.GetRoot(ct);
        var place = 1 + member.DescendantNodes().OfType<InvocationExpressionSyntax>().Where(MayBe).TakeWhile(c => c != call).Count();
        var symbol = MemberOf(model.GetEnclosingSymbol(call.SpanStart, ct));
        var signature = symbol is IMethodSymbol method ? Display.Signature(method) : symbol?.ToDisplayString() ?? "";
        var type = symbol?.ContainingType is { } container ? FlameParser.ReadType(container.OriginalDefinition).Identifier : "Program";
        var name = new string([.. $"{type}_{symbol?.Name}".Select(c => char.IsLetterOrDigit(c) ? c : '_')]);
        var hash = FlameParser.IdOf(signature) & 0xffff;
        return ($"{name}_{hash:x4}_{place}", $"{signature} {place}");
    }

    private static ISymbol? MemberOf(ISymbol? symbol)
    {
        while (symbol is IMethodSymbol { MethodKind: MethodKind.AnonymousFunction or MethodKind.LocalFunction }) symbol = symbol.ContainingSymbol;
        return symbol;
    }

    private static string? NameOf(InvocationExpressionSyntax call) => call.Expression switch
    {
        MemberAccessExpressionSyntax access => access.Name.Identifier.ValueText,
        MemberBindingExpressionSyntax binding => binding.Name.Identifier.ValueText,
        _ => null,
    };
}
