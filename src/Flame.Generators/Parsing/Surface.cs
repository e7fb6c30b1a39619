using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Flame.Generators.Parsing;

/// <summary>
/// A checksum of what one file of a compilation can see of all others: everything but the bodies of methods. While it stays, what was
/// read of a file that has stayed is still true.
/// </summary>
internal sealed class Surface
{
    private static readonly ConditionalWeakTable<Compilation, Surface> s_ofCompilations = new();
    private static readonly ConditionalWeakTable<SyntaxTree, byte[]> s_ofTrees = new();
    private static readonly ConditionalWeakTable<object, string> s_names = new();
    private static int s_lastName;

    private readonly string _checksum;

    private Surface(string checksum) => _checksum = checksum;

    public static Surface Of(Compilation compilation) => s_ofCompilations.GetValue(compilation, Read);

    public bool IsSame(Surface other) => ReferenceEquals(this, other) || _checksum == other._checksum;

    private static Surface Read(Compilation compilation)
    {
        using var sha = SHA256.Create();
        Add(sha, compilation.AssemblyName + "/" + Name(compilation.Options));
        foreach (var reference in compilation.References) Add(sha, "/" + Name(reference));
        foreach (var tree in compilation.SyntaxTrees)
        {
            var bytes = s_ofTrees.GetValue(tree, Read);
            sha.TransformBlock(bytes, 0, bytes.Length, null, 0);
        }

        sha.TransformFinalBlock([], 0, 0);
        return new Surface(Convert.ToBase64String(sha.Hash));
    }

    private static byte[] Read(SyntaxTree tree)
    {
        using var sha = SHA256.Create();
        var options = (CSharpParseOptions)tree.Options;
        Add(sha, $"{options.LanguageVersion} {string.Join(";", options.Features.Select(f => f.Key + "=" + f.Value).OrderBy(f => f, StringComparer.Ordinal))} ");
        var text = tree.GetText();
        var from = 0;
        foreach (var body in Bodies(tree.GetRoot()))
        {
            Add(sha, text.ToString(TextSpan.FromBounds(from, body.Start)));
            from = body.End;
        }

        Add(sha, text.ToString(TextSpan.FromBounds(from, text.Length)));
        sha.TransformFinalBlock([], 0, 0);
        return sha.Hash;
    }

    private static IEnumerable<TextSpan> Bodies(SyntaxNode root)
    {
        foreach (var node in root.DescendantNodes(static n => n is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax or ClassDeclarationSyntax))
        {
            if (node is not BaseMethodDeclarationSyntax method || !IsHidden(method)) continue;
            if (method.Body is { } block) yield return TextSpan.FromBounds(block.OpenBraceToken.Span.End, block.CloseBraceToken.SpanStart);
            else if (method.ExpressionBody is { } arrow) yield return arrow.Expression.Span;
        }
    }

    // A body can tell what fields its type has, where it uses a parameter of a primary constructor; that of a property has none of
    // its own or has one; a directive in it speaks of what follows; and where the code is broken, nothing is known.
    private static bool IsHidden(BaseMethodDeclarationSyntax method) =>
        method is { ContainsDirectives: false, ContainsDiagnostics: false, Parent: ClassDeclarationSyntax { ParameterList: null } };

    // Options and references have no contents to compare; they are the same as long as they are the same object.
    private static string Name(object one) => s_names.GetValue(one, static _ => Interlocked.Increment(ref s_lastName).ToString());

    private static void Add(HashAlgorithm sha, string text)
    {
        var bytes = Encoding.Unicode.GetBytes(text);
        sha.TransformBlock(bytes, 0, bytes.Length, null, 0);
    }
}
